//! User ids of codes.

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use testkit::{application, individual, member, of_actor, on_both_databases};
use vocabulary::ServiceName;

use super::{asked, code, issue_for, post, refuses_bad_bodies, verifications, verifications_with};
use crate::stand_ins::{REGION, REGION_ACTOR, neighbours};

fn region_member() -> vocabulary::Session {
    of_actor(&member(), REGION_ACTOR)
}

async fn region_code(bench: &testkit::Bench) -> String {
    issue_for(bench, &individual(), json!({"actor": code(REGION_ACTOR), "region": code(REGION)})).await
}

on_both_databases! {
    async fn the_book_and_the_code_get_the_user_id(database: Database) {
        let bench = verifications(database).await;
        let body = json!({"identifyCode": region_code(&bench).await, "userId": "u1"});
        let reply = post(&bench, &region_member(), "user/settings", body).await;
        assert_eq!((reply.status, &reply.body), (200, &json!({})));
        let told = json!({"pxrId": "pxr-1", "userId": "u1", "actor": code(REGION_ACTOR), "region": code(REGION),
                          "app": null, "wf": null});
        assert_eq!(asked(&bench, "/book-manage/cooperate/user"), [told]);
        assert_eq!(bench.text("user_id || is_verified", "identify_verify").await, "u10");
    }

    async fn a_user_id_may_be_set_anew_until_it_is_verified(database: Database) {
        let bench = verifications(database).await;
        let issued = region_code(&bench).await;
        let set = |user_id: &'static str| {
            let body = json!({"identifyCode": issued, "userId": user_id});
            let (bench, session) = (&bench, region_member());
            async move { post(bench, &session, "user/settings", body).await.status }
        };
        assert_eq!((set("u1").await, set("u2").await), (200, 200));
        bench.execute("update identify_verify set is_verified = 1").await;
        assert_eq!(set("u3").await, 400);
        assert_eq!(bench.text("user_id", "identify_verify").await, "u2");
    }

    async fn only_the_organisation_of_the_code_says_who_its_resident_is(database: Database) {
        let bench = verifications(database).await;
        let body = json!({"identifyCode": region_code(&bench).await, "userId": "u1"});
        assert_eq!(post(&bench, &individual(), "user/settings", body.clone()).await.status, 401);
        for stranger in [member(), of_actor(&application(), 1000999)] {
            assert_eq!(post(&bench, &stranger, "user/settings", body.clone()).await.status, 400);
        }
        let nobody = bench.post("/identity-verificate/user/settings").json(body).send().await;
        assert_eq!(nobody.status, 401);
        assert!(asked(&bench, "/book-manage/cooperate/user").is_empty());
    }

    async fn an_expired_code_says_so_in_the_words_that_others_compare(database: Database) {
        let bench = verifications(database).await;
        let body = json!({"identifyCode": region_code(&bench).await, "userId": "u1"});
        bench.advance(TimeDelta::days(8));
        let reply = post(&bench, &region_member(), "user/settings", body).await;
        let message = contract::identity_verificate::EXPIRED;
        assert_eq!((reply.status, &reply.body["message"]), (400, &json!(message)));
    }

    async fn a_book_that_does_not_answer_changes_nothing(database: Database) {
        let path = "/book-manage/cooperate/user";
        let neighbours = neighbours().refuses(ServiceName::BookManage, Method::POST, path, 500, Value::Null);
        let bench = verifications_with(database, neighbours).await;
        let body = json!({"identifyCode": region_code(&bench).await, "userId": "u1"});
        assert_eq!(post(&bench, &region_member(), "user/settings", body.clone()).await.status, 503);
        assert_eq!(bench.text("user_id", "identify_verify").await, "");
        let _ = bench.neighbours.clone().answers(ServiceName::BookManage, Method::POST, path, json!({}));
        assert_eq!(post(&bench, &region_member(), "user/settings", body).await.status, 200, "a retry completes it");
        assert_eq!(bench.text("user_id", "identify_verify").await, "u1");
    }

    async fn bad_input_names_its_field(database: Database) {
        let bench = verifications(database).await;
        refuses_bad_bodies(&bench, &region_member(), "user/settings", &[
            (json!({"userId": "u"}), "identifyCode"),
            (json!({"identifyCode": "x"}), "userId"),
            (json!({"identifyCode": "x", "userId": ""}), "userId"),
            (json!({"identifyCode": "x", "userId": "\n"}), "userId"),
            (json!({"identifyCode": "x", "userId": "x".repeat(256)}), "userId"),
            (json!({"identifyCode": 5, "userId": "u"}), "identifyCode"),
        ]).await;
    }
}
