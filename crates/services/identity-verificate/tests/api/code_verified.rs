//! Verified codes that organisations ask for.

use http::Method;
use serde_json::{Value, json};
use testkit::{application, individual, member, member_with, on_both_databases};
use vocabulary::ServiceName;

use super::{asked, code, post, refuses_bad_bodies, verifications, verifications_with};
use crate::stand_ins::{APP, APP_ACTOR, NEW_ACTOR, REGION, REGION_ACTOR, UNKNOWN, World, linked, neighbours};

fn for_region() -> Value {
    json!({"pxrId": "pxr-7", "userId": "u7", "actor": code(REGION_ACTOR), "region": code(REGION)})
}

on_both_databases! {
    async fn a_verified_code_needs_no_resident(database: Database) {
        let bench = verifications(database).await;
        let reply = post(&bench, &member(), "code/verified", for_region()).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let told = json!({"identifyCode": reply.body["identifyCode"], "pxrId": "pxr-7", "userId": "u7",
                          "actor": code(REGION_ACTOR), "expireAt": "2026-01-09T03:04:05.678+0900",
                          "region": code(REGION)});
        assert_eq!(reply.body.to_string(), told.to_string());
        assert_eq!(bench.text("pxr_id || user_id || is_verified", "identify_verify").await, "pxr-7u71");
        let request = json!({"pxrId": "pxr-7", "actor": code(REGION_ACTOR), "region": code(REGION), "app": null,
                             "wf": null, "userId": "u7"});
        assert_eq!(asked(&bench, "/book-manage/cooperate/request"), [request]);
        assert_eq!(asked(&bench, "/notification")[0]["attribute"]["verifiedFlg"], true);
        assert!(asked(&bench, "/operator/identifyCode").is_empty());
    }

    async fn a_code_for_a_release_is_announced_to_nobody(database: Database) {
        for status in [1, 3] {
            let books = linked(REGION_ACTOR, Some(REGION), None, status);
            let database = match database.url {
                platform::StoreUrl::Sqlite(_) => testkit::Database::sqlite(),
                platform::StoreUrl::Postgres(_) => testkit::Database::postgres().await.unwrap(),
            };
            let bench = verifications_with(database, neighbours().books(books)).await;
            assert_eq!(post(&bench, &member(), "code/verified", for_region()).await.status, 200);
            assert_eq!(asked(&bench, "/book-manage/cooperate/request/release").len(), 1);
            assert!(asked(&bench, "/notification").is_empty());
        }
    }

    async fn a_code_for_an_application_is_announced_to_nobody(database: Database) {
        let bench = verifications(database).await;
        let body = json!({"pxrId": "pxr-7", "userId": "u7", "actor": code(APP_ACTOR), "app": code(APP)});
        let reply = post(&bench, &member(), "code/verified", body).await;
        assert_eq!((reply.status, &reply.body["app"]), (200, &code(APP)));
        assert!(asked(&bench, "/notification").is_empty());
    }

    async fn only_members_who_may_open_books_make_verified_codes(database: Database) {
        let bench = verifications(database).await;
        let weak = member_with(json!({"book": {"create": false}, "member": {"add": true}}));
        for session in [weak, application(), individual()] {
            assert_eq!(post(&bench, &session, "code/verified", for_region()).await.status, 401);
        }
        let nobody = bench.post("/identity-verificate/code/verified").json(for_region()).send().await;
        assert_eq!(nobody.status, 401);
        assert_eq!(bench.count("identify_verify").await, 0);
    }

    async fn bad_input_names_its_field(database: Database) {
        let bench = verifications(database).await;
        let without = |field: &str| {
            let mut body = for_region();
            body.as_object_mut().unwrap().remove(field);
            body
        };
        let with = |field: &str, value: Value| {
            let mut body = for_region();
            body[field] = value;
            body
        };
        refuses_bad_bodies(&bench, &member(), "code/verified", &[
            (without("pxrId"), "pxrId"),
            (without("userId"), "userId"),
            (without("actor"), "actor"),
            (with("userId", json!("x".repeat(256))), "userId"),
            (with("pxrId", json!({"a": 1})), "pxrId"),
            (with("region", json!({"_value": "1", "_ver": "a"})), "_ver"),
            (with("app", code(APP)), "app"),
        ]).await;
        for wrong in [with("region", code(UNKNOWN)), with("actor", code(UNKNOWN)), with("actor", code(NEW_ACTOR))] {
            assert_eq!(post(&bench, &member(), "code/verified", wrong).await.status, 400);
        }
    }

    async fn a_code_that_could_not_be_told_is_taken_back(database: Database) {
        let neighbours =
            neighbours().refuses(ServiceName::Notification, Method::POST, "/notification", 500, Value::Null);
        let bench = verifications_with(database, neighbours).await;
        assert_eq!(post(&bench, &member(), "code/verified", for_region()).await.status, 500);
        assert_eq!(bench.count("identify_verify").await, 0);
    }
}
