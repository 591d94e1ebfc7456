use serde_json::json;
use testkit::{individual, member, on_both_databases};

use super::*;

on_both_databases! {
    async fn a_block_says_whether_it_holds_a_client_certificate(database: Database) {
        let bench = certificates(database, authority()).await;
        let check = async || bench.get("/certificate-manage/check/client").session(&individual()).send().await;
        assert_eq!(check().await.status, 400);
        assert_eq!(store(&bench, upload()).await.status, 200);
        let reply = check().await;
        assert_eq!((reply.status, reply.body), (200, json!({"isExist": true})));
        bench.delete("/certificate-manage/A1/F1").session(&member()).send().await;
        assert_eq!(check().await.status, 400);
    }

    async fn without_a_session_nothing_is_told(database: Database) {
        let bench = certificates(database, authority()).await;
        assert_eq!(bench.get("/certificate-manage/check/client").send().await.status, 401);
        let reply = bench.get("/certificate-manage/check/client").header("session", "not%20json").send().await;
        assert_eq!(reply.status, 401);
    }
}
