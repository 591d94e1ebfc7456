//! Single sign-on.

use serde_json::json;
use testkit::on_both_databases;

use super::{add, count, new_resident, operators, post};

on_both_databases! {
    async fn without_an_id_service_nobody_enters(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        let members = bench.post("/operator/login/sso").header("access-token", "t").send().await;
        let residents = post(&bench, "/operator/ind/login/sso/", json!({"authorizationCode": "c"})).await;
        for reply in [members, residents] {
            assert_eq!((reply.status, &reply.body["status"]), (401, &json!(401)));
            assert!(reply.body["message"].as_str().unwrap().contains("ID"));
            assert!(reply.cookie("_csrf").is_some());
        }
        assert_eq!(count(&bench, "session").await, 0);
    }

    async fn bad_input_names_the_field(database: Database) {
        let bench = operators(database).await;
        assert_eq!(bench.post("/operator/login/sso").send().await.refused_fields(), ["access-token"]);
        for body in [json!({}), json!({"authorizationCode": ""}), json!({"authorizationCode": 1})] {
            assert_eq!(post(&bench, "/operator/ind/login/sso", body).await.refused_fields(), ["authorizationCode"]);
        }
        assert_eq!(post(&bench, "/operator/ind/login/sso", json!([{"authorizationCode": "c"}])).await.status, 400);
    }
}
