//! Copies of identification codes.

use serde_json::json;
use testkit::{individual, member, on_both_databases};

use super::{operators, post_as, text};

on_both_databases! {
    async fn a_residents_code_is_kept(database: Database) {
        let bench = operators(database).await;
        for path in ["/operator/identifyCode", "/operator/ind/identifyCode/"] {
            let body = json!({"identifyCode": "c1", "expirationAt": "2100-01-01 00:00:00+0900"});
            let reply = post_as(&bench, &individual(), path, body).await;
            assert_eq!((reply.status, &reply.body), (200, &json!({"result": "success"})));
        }
        assert_eq!(text(&bench, "pxr_id", "identify_code").await, "pxr-1");
        assert_eq!(text(&bench, "created_by", "identify_code").await, "resident01");
        assert!(text(&bench, "expiration_at", "identify_code").await.starts_with("2099-12-31 15:00:00"));
    }

    async fn only_whoever_has_a_pxr_id_has_a_code(database: Database) {
        let bench = operators(database).await;
        let body = json!({"identifyCode": "c1", "expirationAt": "2100-01-01T00:00:00.000+0900"});
        assert_eq!(post_as(&bench, &member(), "/operator/identifyCode", body.clone()).await.status, 400);
        assert_eq!(bench.post("/operator/identifyCode").json(body).send().await.status, 401);
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = operators(database).await;
        let send = |body| async { post_as(&bench, &individual(), "/operator/identifyCode", body).await };
        assert_eq!(send(json!({})).await.refused_fields(), ["identifyCode", "expirationAt"]);
        let broken = json!({"identifyCode": "x".repeat(256), "expirationAt": "tomorrow"});
        assert_eq!(send(broken).await.refused_fields(), ["identifyCode", "expirationAt"]);
        assert_eq!(send(json!([])).await.status, 400);
    }
}
