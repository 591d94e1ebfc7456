//! Codes that residents ask for.

use http::Method;
use serde_json::{Value, json};
use testkit::{application, individual, member, on_both_databases};
use vocabulary::ServiceName;

use super::{asked, code, post, refuses_bad_bodies, verifications, verifications_with};
use crate::stand_ins::{
    APP, APP_ACTOR, CLOSED, NEW_ACTOR, REGION, REGION_ACTOR, REGION_BLOCK, UNKNOWN, World, linked, neighbours,
};

fn for_app() -> Value {
    json!({"actor": code(APP_ACTOR), "app": code(APP), "region": null, "wf": null})
}

fn for_region() -> Value {
    json!({"actor": code(REGION_ACTOR), "region": code(REGION), "app": null, "wf": null})
}

on_both_databases! {
    async fn a_code_for_an_application_is_kept_and_the_book_asked_for_the_link(database: Database) {
        let bench = verifications(database).await;
        let reply = post(&bench, &individual(), "code", for_app()).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let issued = reply.body["identifyCode"].as_str().unwrap();
        assert!(issued.len() == 48 && issued.bytes().all(|sign| sign.is_ascii_alphanumeric()));
        let told = json!({"identifyCode": issued, "actor": code(APP_ACTOR),
                          "expireAt": "2026-01-09T03:04:05.678+0900", "app": code(APP)});
        // The order of members counts, too.
        assert_eq!(reply.body.to_string(), told.to_string());
        let row = "code || ' ' || actor_catalog_code || ' ' || application_catalog_code || ' ' || pxr_id || ' ' || \
                   is_verified || ' ' || coalesce(user_id, 'none') || ' ' || created_by";
        let kept = format!("{issued} {APP_ACTOR} {APP} pxr-1 0 none resident01");
        assert_eq!(bench.texts(row, "identify_verify").await, [kept]);
        assert!(bench.text("expiration_at", "identify_verify").await.starts_with("2026-01-08 18:04:05.678"));
        let request = json!({"pxrId": null, "actor": code(APP_ACTOR), "region": null, "app": code(APP), "wf": null});
        assert_eq!(asked(&bench, "/book-manage/cooperate/request"), [request]);
        let copy = json!({"identifyCode": issued, "expirationAt": "2026-01-09T03:04:05.678+0900"});
        assert_eq!(asked(&bench, "/operator/identifyCode"), [copy]);
        assert!(asked(&bench, "/notification").is_empty(), "the resident takes it to the application himself");
    }

    async fn the_members_of_a_region_hear_of_its_codes(database: Database) {
        let bench = verifications(database).await;
        let reply = post(&bench, &individual(), "code", for_region()).await;
        assert_eq!((reply.status, &reply.body["region"]), (200, &code(REGION)));
        let notices = asked(&bench, "/notification");
        let attribute = json!({"identifyCode": reply.body["identifyCode"], "verifiedFlg": false});
        assert_eq!(notices[0]["attribute"], attribute);
        assert_eq!(notices[0]["category"], json!({"_value": 145, "_ver": 1}));
        assert_eq!(notices[0]["from"], json!({"applicationCode": null, "workflowCode": null}));
        let destination = json!({"blockCode": REGION_BLOCK, "operatorType": 3, "isSendAll": true,
                                 "operatorId": null, "userId": null});
        assert_eq!(notices[0]["destination"], destination);
    }

    async fn a_code_for_the_end_of_a_link_is_verified_from_the_start(database: Database) {
        let books = linked(REGION_ACTOR, Some(REGION), None, 1);
        let bench = verifications_with(database, neighbours().books(books)).await;
        assert_eq!(post(&bench, &individual(), "code", for_region()).await.status, 200);
        assert_eq!(bench.text("is_verified || user_id", "identify_verify").await, "1known-user");
        assert_eq!(asked(&bench, "/book-manage/cooperate/request/release").len(), 1);
        assert!(asked(&bench, "/book-manage/cooperate/request").is_empty());
        assert_eq!(asked(&bench, "/notification")[0]["category"]["_value"], 181);
    }

    async fn what_was_asked_for_is_not_asked_again_but_gets_a_new_code(database: Database) {
        for (status, row) in [(0, "0"), (2, "1known-user")] {
            let books = linked(APP_ACTOR, None, Some(APP), status);
            let bench = verifications_with(database_like(&database).await, neighbours().books(books)).await;
            assert_eq!(post(&bench, &individual(), "code", for_app()).await.status, 200);
            assert!(asked(&bench, "/book-manage/cooperate/request").is_empty());
            assert!(asked(&bench, "/book-manage/cooperate/request/release").is_empty());
            assert_eq!(bench.text("is_verified || coalesce(user_id, '')", "identify_verify").await, row);
        }
    }

    async fn only_residents_have_codes(database: Database) {
        let bench = verifications(database).await;
        for session in [member(), application()] {
            assert_eq!(post(&bench, &session, "code", for_app()).await.status, 401);
        }
        let nobody = bench.post("/identity-verificate/code").json(for_app()).send().await;
        assert_eq!(nobody.status, 401);
        assert_eq!(bench.count("identify_verify").await, 0);
    }

    async fn a_partner_must_be_what_the_catalog_says(database: Database) {
        let bench = verifications(database).await;
        for wrong in [
            json!({"actor": code(REGION_ACTOR), "region": code(CLOSED)}),
            json!({"actor": code(APP_ACTOR), "region": code(REGION)}),
            json!({"actor": code(REGION_ACTOR), "app": code(APP)}),
            json!({"actor": code(APP_ACTOR), "app": code(UNKNOWN)}),
            json!({"actor": code(UNKNOWN)}),
            json!({"actor": code(NEW_ACTOR)}),
            json!({"actor": code(APP_ACTOR), "app": code(APP), "region": code(REGION)}),
        ] {
            let reply = post(&bench, &individual(), "code", wrong.clone()).await;
            assert_eq!(reply.status, 400, "{wrong}: {}", reply.body);
        }
        assert_eq!(bench.count("identify_verify").await, 0);
        assert!(asked(&bench, "/book-manage/cooperate/request").is_empty());
    }

    async fn codes_may_come_as_texts(database: Database) {
        let bench = verifications(database).await;
        let body = json!({"actor": {"_value": "1000788", "_ver": "1"}, "app": {"_value": "1000500", "_ver": "1"}});
        let reply = post(&bench, &individual(), "code", body).await;
        assert_eq!((reply.status, &reply.body["app"]), (200, &code(APP)));
    }

    async fn bad_input_names_its_field(database: Database) {
        let bench = verifications(database).await;
        refuses_bad_bodies(&bench, &individual(), "code", &[
            (json!({"app": code(APP)}), "actor"),
            (json!({"actor": {"_value": "x", "_ver": 1}}), "_value"),
            (json!({"actor": code(APP_ACTOR), "app": {"_value": 1}}), "_ver"),
            (json!({"actor": code(APP_ACTOR), "region": 5}), "region"),
        ]).await;
    }

    async fn what_the_book_refuses_is_refused(database: Database) {
        for (path, status, expected) in [
            ("/book-manage/search", 204, 404),
            ("/book-manage/search", 400, 400),
            ("/book-manage/search", 401, 401),
            ("/book-manage/search", 500, 503),
            ("/book-manage/cooperate/request", 404, 404),
            ("/book-manage/cooperate/request", 400, 400),
            ("/book-manage/cooperate/request", 503, 503),
        ] {
            let neighbours =
                neighbours().refuses(ServiceName::BookManage, Method::POST, path, status, Value::Null);
            let bench = verifications_with(database_like(&database).await, neighbours).await;
            let reply = post(&bench, &individual(), "code", for_app()).await;
            assert_eq!(reply.status, expected, "{path} {status}");
            assert_eq!(bench.count("identify_verify").await, 0);
        }
    }

    async fn a_code_that_could_not_be_told_is_taken_back(database: Database) {
        for (service, path) in
            [(ServiceName::Operator, "/operator/identifyCode"), (ServiceName::Notification, "/notification")]
        {
            let neighbours = neighbours().refuses(service, Method::POST, path, 500, Value::Null);
            let bench = verifications_with(database_like(&database).await, neighbours).await;
            assert_eq!(post(&bench, &individual(), "code", for_region()).await.status, 500);
            assert_eq!(bench.count("identify_verify").await, 0);
        }
    }
}

/// Another fresh database of the same kind.
async fn database_like(database: &testkit::Database) -> testkit::Database {
    match database.url {
        platform::StoreUrl::Sqlite(_) => testkit::Database::sqlite(),
        platform::StoreUrl::Postgres(_) => testkit::Database::postgres().await.unwrap(),
    }
}
