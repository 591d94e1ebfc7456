//! Every decision of a resident leaves a line in the audit log.

use serde_json::json;
use testkit::{Bench, Log, on_both_databases, resident};

use super::{share_temp::given_out, *};

async fn withdraw(bench: &Bench, kind: &str, path: &str) {
    let path = format!("/book-manage/{path}/{}", agreement(bench, "pxr-1", kind).await);
    assert_eq!(bench.delete(&path).session(&resident("pxr-1")).send().await.status, 200);
}

on_both_databases! {
    async fn consents_withdrawals_and_share_codes_are_logged(database: Database) {
        let bench = residents(database).await;
        let log = Log::start();
        assert_eq!(agree_to_store(&bench, "pxr-1", store_wish()).await.status, 200);
        assert_eq!(agree_to_share(&bench, "pxr-1", share_wish()).await.status, 200);
        withdraw(&bench, "store", "settings/store").await;
        withdraw(&bench, "share", "setting/share").await;
        given_out(&bench).await;
        let line = |what: &str, about: i64| format!("what=\"{what}\" by=\"pxr-1\" of=\"pxr-1\" about={about}");
        let expected = [
            line("agreed to store", STORE),
            line("agreed to share", SHARE),
            line("withdrew storing", STORE),
            line("withdrew sharing", SHARE),
            line("issued a share code", STORING_APP),
        ];
        assert_eq!(log.audit(), expected);
    }

    async fn what_was_refused_is_not_logged_as_decided(database: Database) {
        let bench = residents(database).await;
        let log = Log::start();
        assert_eq!(agree_to_store(&bench, "pxr-9", store_wish()).await.status, 401);
        assert_eq!(agree_to_store(&bench, "pxr-1", json!({})).await.status, 400);
        assert_eq!(log.audit(), [""; 0]);
    }
}
