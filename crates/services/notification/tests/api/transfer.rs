//! Taking notices from other blocks.

use chrono::TimeDelta;
use platform::Origin;
use serde_json::{Value, json};
use testkit::{Bench, Fault, Reply, application, member, of_actor, on_both_databases};
use vocabulary::{ServiceName, Session};

use super::{BLOCK, OTHER, add, colleague, count, handed_on, list, notice, request, stage, stranger};

/// Another block hands something over, under a key.
async fn hand_over(bench: &Bench, session: &Session, key: &str, body: Value) -> Reply {
    let request = bench.post("/notification/transfer").session(session).header("notice-key", key);
    request.json(body).send().await
}

/// The keys under which notices went to the proxy.
fn keys(bench: &Bench) -> Vec<String> {
    let asked = bench.neighbours.asked().into_iter();
    let key = |headers: http::HeaderMap| headers["notice-key"].to_str().unwrap().to_owned();
    asked
        .filter(|asked| asked.service == Some(ServiceName::BlockProxy))
        .map(|asked| key(asked.headers))
        .collect()
}

fn for_another_block() -> Value {
    let mut body = request();
    body["destination"]["blockCode"] = json!(OTHER);
    body
}

on_both_databases! {
    async fn what_comes_again_under_its_key_is_taken_once(database: Database) {
        let bench = stage(database).await;
        let first = hand_over(&bench, &stranger(), "k1", request()).await;
        assert_eq!(first.status, 200, "{}", first.body);
        bench.advance(TimeDelta::minutes(5));
        let again = hand_over(&bench, &stranger(), "k1", request()).await;
        assert_eq!((again.status, again.body.to_string()), (200, first.body.to_string()));
        let named = hand_over(&bench, &stranger(), "k2", notice(&[1, 2])).await;
        assert_eq!(hand_over(&bench, &stranger(), "k2", notice(&[1, 2])).await.body.to_string(), named.body.to_string());
        assert_eq!((count(&bench, "notification").await, count(&bench, "approval_managed").await), (2, 1));
        // Keys count within a block; and a block of the reference sends none.
        hand_over(&bench, &of_actor(&member(), 77), "k2", notice(&[1, 2])).await;
        for _ in 0..2 {
            let request = bench.post("/notification/transfer").session(&stranger());
            assert_eq!(request.json(notice(&[])).send().await.status, 200);
        }
        assert_eq!(hand_over(&bench, &stranger(), "", notice(&[])).await.status, 200);
        assert_eq!(count(&bench, "notification").await, 6);
        assert_eq!(count(&bench, "taken_over").await, 3);
        // They are not remembered for ever.
        bench.advance(TimeDelta::days(3));
        hand_over(&bench, &stranger(), "k3", notice(&[])).await;
        assert_eq!(count(&bench, "taken_over").await, 1);
    }

    async fn of_two_at_once_under_one_key_one_is_taken(database: Database) {
        let bench = stage(database).await;
        let stranger = stranger();
        let (one, two) = tokio::join!(
            hand_over(&bench, &stranger, "k", notice(&[1])),
            hand_over(&bench, &stranger, "k", notice(&[1])),
        );
        assert_eq!((one.status, one.body.to_string()), (200, two.body.to_string()));
        assert_eq!(count(&bench, "notification").await, 1);
    }

    async fn a_notice_whose_answer_is_lost_goes_again_under_its_key(database: Database) {
        let bench = stage(database).await;
        // Two questions to the catalog come before it.
        bench.neighbours.suffer(Some(Fault { at: 2, takes_effect: true, is_last: false }));
        assert_eq!(add(&bench, &member(), for_another_block()).await.status, 500);
        let lost = keys(&bench);
        bench.neighbours.suffer(None);
        // Somebody else's, and another one, are not the same.
        assert_eq!(add(&bench, &colleague(), for_another_block()).await.status, 200);
        let mut other = for_another_block();
        other["title"] = json!("another");
        assert_eq!(add(&bench, &member(), other).await.status, 200);
        assert!(!keys(&bench).contains(&lost[0]));
        bench.neighbours.suffer(None);
        assert_eq!(add(&bench, &member(), for_another_block()).await.status, 200);
        assert_eq!(keys(&bench), lost);
        // It has arrived: whoever says the same once more means it.
        bench.neighbours.suffer(None);
        assert_eq!(add(&bench, &member(), for_another_block()).await.status, 200);
        assert_ne!(keys(&bench), lost);
        assert_eq!(count(&bench, "notification where is_transfer").await, 4);
        assert_eq!(count(&bench, "handed_over").await, 0);
    }

    async fn after_an_hour_the_same_notice_is_another_one(database: Database) {
        let bench = stage(database).await;
        bench.neighbours.suffer(Some(Fault { at: 2, takes_effect: true, is_last: false }));
        assert_eq!(add(&bench, &member(), for_another_block()).await.status, 500);
        let lost = keys(&bench);
        bench.advance(TimeDelta::minutes(61));
        bench.neighbours.suffer(None);
        assert_eq!(add(&bench, &member(), for_another_block()).await.status, 200);
        assert_ne!(keys(&bench), lost);
        assert_eq!(count(&bench, "handed_over").await, 0);
    }

    async fn a_request_of_another_block_is_decided_there_or_at_the_root(database: Database) {
        let bench = stage(database).await;
        let of = |block: i64| {
            let mut body = request();
            body["approval"]["noticeBlockCode"] = json!(block);
            body
        };
        for (key, block, status) in [("k1", 5, 400), ("k2", OTHER, 200), ("k3", BLOCK, 200)] {
            assert_eq!(hand_over(&bench, &stranger(), key, of(block)).await.status, status, "{block}");
        }
        // Applications are no members, but they may send.
        assert_eq!(hand_over(&bench, &application(), "k4", of(BLOCK)).await.status, 200);
        assert_eq!(count(&bench, "notification").await, 3);
    }

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
