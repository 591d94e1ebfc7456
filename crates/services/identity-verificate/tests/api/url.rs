//! URLs of the portal.

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use testkit::{application, individual, member, of_actor, on_both_databases};
use vocabulary::ServiceName;

use super::{
    asked, code, issue, partner_app, path_for, post, refuses_bad_bodies, verifications, verifications_with,
};
use crate::stand_ins::{APP, APP_ACTOR, neighbours};

on_both_databases! {
    async fn a_url_leads_to_the_portal_with_the_code(database: Database) {
        let bench = verifications(database).await;
        let issued = issue(&bench).await;
        let body = json!({"identifyCode": issued, "urlType": 0, "userId": "u1"});
        let reply = post(&bench, &partner_app(), "url", body).await;
        let url = format!("https://test-service/personal-portal/enter-code/?identifyCode={issued}");
        assert_eq!((reply.status, &reply.body), (200, &json!({"url": url})));
        let told = json!({"pxrId": "pxr-1", "userId": "u1", "actor": code(APP_ACTOR), "region": null,
                          "app": code(APP), "wf": null});
        assert_eq!(asked(&bench, "/book-manage/cooperate/user"), [told]);
        assert_eq!(bench.text("user_id || updated_by", "identify_verify").await, "u1app01");
    }

    async fn a_url_needs_no_user_id(database: Database) {
        let bench = verifications(database).await;
        let issued = issue(&bench).await;
        for body in [json!({"identifyCode": issued, "urlType": "1"}),
                     json!({"identifyCode": issued, "urlType": 1, "userId": ""})] {
            assert_eq!(post(&bench, &partner_app(), "url", body).await.status, 200);
        }
        assert!(asked(&bench, "/book-manage/cooperate/user").is_empty());
    }

    async fn the_code_of_somebody_else_has_no_url(database: Database) {
        let bench = verifications(database).await;
        let body = json!({"identifyCode": issue(&bench).await, "urlType": 0});
        assert_eq!(post(&bench, &individual(), "url", body.clone()).await.status, 401);
        for stranger in [member(), of_actor(&application(), 1000999)] {
            assert_eq!(post(&bench, &stranger, "url", body.clone()).await.status, 400);
        }
        let unknown = json!({"identifyCode": "nonsense", "urlType": 0});
        assert_eq!(post(&bench, &partner_app(), "url", unknown).await.status, 400);
    }

    async fn a_verified_or_expired_code_has_no_url(database: Database) {
        let bench = verifications(database).await;
        let body = json!({"identifyCode": issue(&bench).await, "urlType": 0});
        bench.execute("update identify_verify set is_verified = 1").await;
        assert_eq!(post(&bench, &partner_app(), "url", body.clone()).await.status, 400);
        bench.execute("update identify_verify set is_verified = 2").await;
        assert_eq!(post(&bench, &partner_app(), "url", body.clone()).await.status, 200);
        bench.advance(TimeDelta::days(7) + TimeDelta::milliseconds(1));
        assert_eq!(post(&bench, &partner_app(), "url", body).await.status, 400);
    }

    async fn what_the_book_says_about_a_user_id_is_handed_on(database: Database) {
        let path = "/book-manage/cooperate/user";
        let taken = json!({"status": 400, "message": "taken"});
        let neighbours = neighbours().refuses(ServiceName::BookManage, Method::POST, path, 400, taken.clone());
        let bench = verifications_with(database, neighbours).await;
        let body = json!({"identifyCode": issue(&bench).await, "urlType": 0, "userId": "u1"});
        let reply = post(&bench, &partner_app(), "url", body).await;
        assert_eq!((reply.status, &reply.body), (400, &taken));
        assert_eq!(bench.text("user_id", "identify_verify").await, "");
        assert_eq!(bench.count("identify_verify_claim").await, 0, "the code is free again");
    }

    async fn an_application_makes_a_url_that_carries_its_user_id(database: Database) {
        let bench = verifications(database).await;
        let path = path_for(&bench, &partner_app(), "u1").await;
        let row = "code || ' ' || user_id || ' ' || type || ' ' || actor_catalog_code || ' ' || application_catalog_code";
        let kept = format!("{path} u1 1 {APP_ACTOR} {APP}");
        assert_eq!(bench.texts(row, "identify_verify_url").await, [kept]);
        let confirmed = post(&bench, &individual(), "url/confirm", json!({"path": path})).await;
        assert_eq!((confirmed.status, &confirmed.body), (200, &json!({"result": "success"})));
    }

    async fn a_url_works_for_ten_minutes(database: Database) {
        let bench = verifications(database).await;
        let path = path_for(&bench, &partner_app(), "u1").await;
        let resident = individual();
        let confirm = || post(&bench, &resident, "url/confirm", json!({"path": path}));
        bench.advance(TimeDelta::minutes(10));
        assert_eq!(confirm().await.status, 200);
        bench.advance(TimeDelta::milliseconds(1));
        assert_eq!(confirm().await.status, 400);
        let unknown = post(&bench, &individual(), "url/confirm", json!({"path": "bm8tc3VjaC1jb2Rl"})).await;
        assert_eq!(unknown.status, 400);
        let nobody = bench.post("/identity-verificate/url/confirm").json(json!({"path": path})).send().await;
        assert_eq!(nobody.status, 401);
    }

    async fn only_applications_make_urls(database: Database) {
        let bench = verifications(database).await;
        let body = json!({"urlType": 0, "userId": "u1"});
        for session in [individual(), member()] {
            assert_eq!(post(&bench, &session, "url/issue", body.clone()).await.status, 401);
        }
        let mut without_role = Value::Object(application().object().clone());
        without_role["roles"] = json!([]);
        let without_role = vocabulary::Session::from_json(without_role).unwrap();
        assert_eq!(post(&bench, &without_role, "url/issue", body).await.status, 400);
        assert_eq!(bench.count("identify_verify_url").await, 0);
    }

    async fn bad_input_names_its_field(database: Database) {
        let bench = verifications(database).await;
        refuses_bad_bodies(&bench, &partner_app(), "url", &[
            (json!({"urlType": 0}), "identifyCode"),
            (json!({"identifyCode": {}, "urlType": 0}), "identifyCode"),
            (json!({"identifyCode": "a\u{0}", "urlType": 0}), "identifyCode"),
            (json!({"identifyCode": "x"}), "urlType"),
            (json!({"identifyCode": "x", "urlType": 2}), "urlType"),
            (json!({"identifyCode": "x", "urlType": 0, "userId": "あ"}), "userId"),
            (json!({"identifyCode": "x", "urlType": 0, "userId": 1}), "userId"),
        ]).await;
        refuses_bad_bodies(&bench, &partner_app(), "url/issue", &[
            (json!({"userId": "u"}), "urlType"),
            (json!({"urlType": "0", "userId": "u"}), "urlType"),
            (json!({"urlType": 3, "userId": "u"}), "urlType"),
            (json!({"urlType": 0, "userId": {}}), "userId"),
            (json!({"urlType": 0, "userId": "x".repeat(256)}), "userId"),
        ]).await;
        refuses_bad_bodies(&bench, &individual(), "url/confirm", &[
            (json!({"other": 1}), "path"),
            (json!({"path": {}}), "path"),
        ]).await;
    }
}
