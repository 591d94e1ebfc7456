//! How verifications end.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{Bench, Reply, application, individual, member, of_actor, on_both_databases};
use vocabulary::Session;

use super::{issue, partner_app, post, verifications};

async fn set(bench: &Bench, session: &Session, code: &str, body: Value) -> Reply {
    bench.put(&format!("/identity-verificate/verify/others/{code}")).session(session).json(body).send().await
}

async fn with_user(bench: &Bench) -> String {
    let code = issue(bench).await;
    let body = json!({"identifyCode": code, "userId": "u1"});
    assert_eq!(post(bench, &partner_app(), "user/settings", body).await.status, 200);
    code
}

on_both_databases! {
    async fn an_organisation_says_how_a_verification_ended(database: Database) {
        let bench = verifications(database).await;
        let code = with_user(&bench).await;
        for (status, state) in [(json!(2), "2"), (json!("1"), "1"), (json!(1), "1")] {
            let reply = set(&bench, &partner_app(), &code, json!({"status": status})).await;
            assert_eq!((reply.status, &reply.body), (200, &json!({})));
            assert_eq!(bench.text("is_verified", "identify_verify").await, state);
        }
        assert_eq!(bench.count("identify_verify_claim").await, 0);
    }

    async fn nobody_is_verified_without_a_user_id(database: Database) {
        let bench = verifications(database).await;
        let code = issue(&bench).await;
        assert_eq!(set(&bench, &partner_app(), &code, json!({"status": 1})).await.status, 400);
        assert_eq!(bench.text("is_verified", "identify_verify").await, "0");
    }

    async fn only_the_organisation_of_the_code_verifies(database: Database) {
        let bench = verifications(database).await;
        let code = with_user(&bench).await;
        assert_eq!(set(&bench, &individual(), &code, json!({"status": 1})).await.status, 401);
        for stranger in [member(), of_actor(&application(), 1000999)] {
            assert_eq!(set(&bench, &stranger, &code, json!({"status": 1})).await.status, 400);
        }
        assert_eq!(set(&bench, &partner_app(), "unknown", json!({"status": 1})).await.status, 400);
        assert_eq!(bench.text("is_verified", "identify_verify").await, "0");
    }

    async fn an_expired_code_cannot_be_verified(database: Database) {
        let bench = verifications(database).await;
        let code = with_user(&bench).await;
        bench.advance(TimeDelta::days(8));
        assert_eq!(set(&bench, &partner_app(), &code, json!({"status": 1})).await.status, 400);
    }

    async fn bad_input_names_its_field(database: Database) {
        let bench = verifications(database).await;
        let code = with_user(&bench).await;
        for body in [json!({}), json!([]), json!({"status": 0}), json!({"status": 3}), json!({"status": "a"}),
                     json!({"status": null}), json!({"status": {}})] {
            let reply = set(&bench, &partner_app(), &code, body.clone()).await;
            assert_eq!(reply.status, 400, "{body}");
        }
        for code in ["%00", "%FF", &"x".repeat(300)] {
            assert_eq!(set(&bench, &partner_app(), code, json!({"status": 1})).await.status, 400, "{code}");
        }
    }
}
