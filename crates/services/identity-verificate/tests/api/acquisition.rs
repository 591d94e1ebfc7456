//! The documents behind a code.

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use testkit::{Bench, Database, Reply, application, individual, member, of_actor, on_both_databases};
use vocabulary::{ServiceName, Session};

use super::{asked, code, issue, partner_app, verifications, verifications_with};
use crate::stand_ins::{APP, APP_ACTOR, neighbours};

async fn read(bench: &Bench, session: &Session, code: &str) -> Reply {
    let path = format!("/identity-verificate/acquisition/identification/{code}");
    bench.get(&path).session(session).send().await
}

async fn with_documents(database: Database) -> Bench {
    let answer = json!({"pxrId": "pxr-1", "identification": [{"_code": {"_value": 30001, "_ver": 1}}]});
    let path = "/book-manage/identity";
    verifications_with(database, neighbours().answers(ServiceName::BookManage, Method::POST, path, answer))
        .await
}

on_both_databases! {
    async fn an_organisation_sees_the_documents_of_its_code(database: Database) {
        let bench = with_documents(database).await;
        let issued = issue(&bench).await;
        let reply = read(&bench, &partner_app(), &issued).await;
        let shown = json!({"userId": null, "actor": code(APP_ACTOR), "region": null, "app": code(APP), "wf": null,
                           "identification": [{"_code": {"_value": 30001, "_ver": 1}}]});
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.body.to_string(), shown.to_string());
        assert_eq!(asked(&bench, "/book-manage/identity"), [json!({"pxrId": "pxr-1"})]);
    }

    async fn nobody_else_sees_them(database: Database) {
        let bench = with_documents(database).await;
        let issued = issue(&bench).await;
        assert_eq!(read(&bench, &individual(), &issued).await.status, 401);
        for stranger in [member(), of_actor(&application(), 1000999)] {
            assert_eq!(read(&bench, &stranger, &issued).await.status, 400);
        }
        assert!(asked(&bench, "/book-manage/identity").is_empty());
    }

    async fn a_finished_or_expired_verification_shows_nothing(database: Database) {
        let bench = with_documents(database).await;
        let issued = issue(&bench).await;
        assert_eq!(read(&bench, &partner_app(), "unknown").await.status, 400);
        bench.execute("update identify_verify set is_verified = 1").await;
        assert_eq!(read(&bench, &partner_app(), &issued).await.status, 400);
        bench.execute("update identify_verify set is_verified = 0").await;
        bench.advance(TimeDelta::days(8));
        assert_eq!(read(&bench, &partner_app(), &issued).await.status, 400);
        assert!(asked(&bench, "/book-manage/identity").is_empty());
    }

    async fn a_book_without_documents_is_a_failure(database: Database) {
        let path = "/book-manage/identity";
        let neighbours = neighbours().refuses(ServiceName::BookManage, Method::POST, path, 204, Value::Null);
        let bench = verifications_with(database, neighbours).await;
        let issued = issue(&bench).await;
        assert_eq!(read(&bench, &partner_app(), &issued).await.status, 500);
    }

    async fn a_code_must_be_a_text_of_the_right_length(database: Database) {
        let bench = verifications(database).await;
        for code in ["%00", "%FF", &"x".repeat(300)] {
            assert_eq!(read(&bench, &partner_app(), code).await.status, 400, "{code}");
        }
    }
}
