//! What all routes share.

use testkit::{member, on_both_databases};

use super::operators;

on_both_databases! {
    async fn paths_count_as_they_are_written_and_unknown_ones_are_told_in_json(database: Database) {
        let bench = operators(database).await;
        for path in ["/Operator/login", "/operator/LOGIN", "/operator/ind/Login", "/operator/nothing/at/all", "/"] {
            let reply = bench.post(path).session(&member()).text("{}").send().await;
            assert_eq!((reply.status, &reply.body["status"]), (404, &404.into()), "{path}");
            assert!(reply.body["message"].is_string(), "{path}");
        }
    }

    async fn what_is_looked_for_has_an_index(database: Database) {
        let bench = operators(database).await;
        let indexes = bench.indexes().await;
        for index in [
            "user_information_catalog_code_catalog_version_idx", "user_information_operator_id_idx",
            "operator_pxr_id_idx", "operator_login_id_idx", "session_operator_id_idx",
        ] {
            assert!(indexes.iter().any(|name| name == index), "{index}: {indexes:?}");
        }
    }
}
