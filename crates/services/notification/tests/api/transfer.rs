//! Taking notices from other blocks.

use platform::Origin;
use serde_json::json;
use testkit::{member, on_both_databases};

use super::{BLOCK, OTHER, count, handed_on, list, notice, request, stage, stranger};

on_both_databases! {
    async fn another_block_hands_a_notice_over(database: Database) {
        let bench = stage(database).await;
        let reply = bench.post("/notification/transfer").session(&stranger()).json(request()).send().await;
        assert_eq!((reply.status, &reply.body["is_transfer"]), (200, &json!(false)));
        assert_eq!(reply.body["from"]["blockCode"], json!(OTHER));
        let listed = list(&bench, &member(), false, 1, "").await.body;
        assert_eq!(listed[0]["from"]["blockCode"], json!(OTHER));
        assert!(handed_on(&bench).is_empty());
        // Numbers count within one block: the member did not send it.
        assert_eq!(list(&bench, &member(), true, 1, "").await.status, 204);
    }

    async fn only_what_is_for_this_block_is_taken(database: Database) {
        let bench = stage(database).await;
        let mut body = notice(&[]);
        body["destination"]["blockCode"] = json!(OTHER);
        let reply = bench.post("/notification/transfer").session(&stranger()).json(body).send().await;
        assert_eq!(reply.status, 401);
        let outside = bench.post("/notification/transfer").from(Origin::Public).session(&stranger());
        assert_eq!(outside.json(notice(&[])).send().await.status, 401);
        let unknown = bench.post("/notification/transfer").session(&stranger()).json(notice(&[77])).send().await;
        assert_eq!(unknown.status, 400);
        assert_eq!(count(&bench, "notification").await, 0);
        assert_eq!(BLOCK, bench.ground.block.code.value.0);
    }
}
