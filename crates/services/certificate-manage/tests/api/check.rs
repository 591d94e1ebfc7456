use serde_json::json;
use testkit::{application, individual, member, of_actor, on_both_databases};
use vocabulary::Session;

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

    async fn members_of_the_block_see_what_it_holds_without_keys(database: Database) {
        let bench = certificates(database, authority()).await;
        let list = async |session: &Session| {
            bench.get("/certificate-manage/certificates").session(session).send().await
        };
        assert_eq!(list(&member()).await.body, json!([]));
        store(&bench, upload()).await;
        let held = list(&member()).await;
        assert_eq!((held.status, &held.body[0]["serialNo"]), (200, &json!("A1")));
        assert_eq!(held.body[0]["actor"], json!({"value": 10001, "ver": 1}));
        assert_eq!(held.body[0]["validPeriodEnd"], "2027-01-01T00:00:00.000+0900");
        assert!(!held.body.to_string().contains("BEGIN"));
        for session in [individual(), application(), of_actor(&member(), 5)] {
            assert_eq!(list(&session).await.status, 401);
        }
        bench.delete("/certificate-manage/A1/F1").session(&member()).send().await;
        assert_eq!(list(&member()).await.body, json!([]), "what was given up is not held");
    }

    async fn without_a_session_nothing_is_told(database: Database) {
        let bench = certificates(database, authority()).await;
        assert_eq!(bench.get("/certificate-manage/check/client").send().await.status, 401);
        let reply = bench.get("/certificate-manage/check/client").header("session", "not%20json").send().await;
        assert_eq!(reply.status, 401);
        assert_eq!(bench.get("/certificate-manage/certificates").send().await.status, 401);
    }
}
