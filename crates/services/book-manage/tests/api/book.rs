//! A resident's own book.

use serde_json::json;
use testkit::{application, individual, member, of_actor, on_both_databases, resident};

use crate::{
    books, get, given_application_link, given_book, given_region_link, post,
    stand_ins::{APP, OPERATOR, PROVIDER, REGION, REGION_TERMS},
};

async fn given_document(bench: &testkit::Bench, book: i64, template: &str) {
    let rows = "identification (book_id, identification_code, identification_version, template, template_hash, \
                created_by, updated_by)";
    bench
        .execute(&format!("insert into {rows} values ({book}, 1, 1, '{template}', 'h', 'test', 'test')"))
        .await;
}

async fn given_consent(bench: &testkit::Bench, book: i64, kind: i64, code: i64, version: i64) {
    let rows =
        "tou_consent (book_id, terms_type, terms_of_use_code, terms_of_use_version, created_by, updated_by)";
    let values = format!("({book}, {kind}, {code}, {version}, 'test', 'test')");
    bench.execute(&format!("insert into {rows} values {values}")).await;
}

on_both_databases! {
    async fn a_resident_sees_the_own_book_with_links_and_newest_consents(database: Database) {
        let bench = books(database).await;
        let book = given_book(&bench, "pxr-1").await;
        given_document(&bench, book, r#"{"a":1}"#).await;
        given_application_link(&bench, book, PROVIDER, APP, "u1", 1).await;
        given_region_link(&bench, book, OPERATOR, REGION, "u2", 0).await;
        given_consent(&bench, book, 1, 9, 2).await;
        given_consent(&bench, book, 1, 9, 1).await;
        given_consent(&bench, book, 2, REGION_TERMS, 1).await;
        let expected = json!({
            "status": 0,
            "identification": [{"a": 1}],
            "cooperation": [
                {"actor": {"_value": PROVIDER, "_ver": 1}, "app": {"_value": APP, "_ver": 1}, "userId": "u1", "status": 1},
                {"actor": {"_value": OPERATOR, "_ver": 1}, "region": {"_value": REGION, "_ver": 1}, "userId": "u2", "status": 0},
            ],
            "termsOfUse": {
                "platform": {"_value": 9, "_ver": 2},
                "region": [{"actor": {"_value": OPERATOR, "_ver": 1}, "region": {"_value": REGION, "_ver": 1},
                            "_code": {"_value": REGION_TERMS, "_ver": 1}}],
            },
            "appendix": null,
        });
        for path in ["/book-manage", "/book-manage/", "/book-manage/ind"] {
            let reply = get(&bench, &individual(), path).await;
            assert_eq!((reply.status, reply.body), (200, expected.clone()));
        }
        assert_eq!(get(&bench, &resident("pxr-2"), "/book-manage").await.status, 401);
        assert_eq!(get(&bench, &member(), "/book-manage").await.status, 401);
    }

    async fn a_stopped_book_shows_its_status_only(database: Database) {
        let bench = books(database).await;
        given_book(&bench, "pxr-1").await;
        bench.execute("update my_condition_book set status = 1").await;
        assert_eq!(get(&bench, &individual(), "/book-manage").await.body, json!({"status": 1}));
        bench.execute("update my_condition_book set status = 0").await;
        let shown = get(&bench, &individual(), "/book-manage").await.body;
        assert_eq!(shown["termsOfUse"], json!({"platform": {}, "region": []}));
    }

    async fn the_documents_of_a_book_are_shown_to_its_owner_and_to_those_he_asked(database: Database) {
        let bench = books(database).await;
        let book = given_book(&bench, "pxr-1").await;
        for path in ["/book-manage/identification", "/book-manage/ind/identification"] {
            assert_eq!(get(&bench, &individual(), path).await.body, json!({"pxrId": "pxr-1", "identifications": []}));
        }
        given_document(&bench, book, r#"{"a":1}"#).await;
        let own = get(&bench, &individual(), "/book-manage/identification").await;
        assert_eq!(own.body, json!({"pxrId": "pxr-1", "identifications": [{"a": 1}]}));
        for session in [member(), application(), resident("pxr-2")] {
            assert_eq!(get(&bench, &session, "/book-manage/identification").await.status, 400);
        }

        let path = "/book-manage/identity";
        let body = json!({"pxrId": "pxr-1"});
        let shown = post(&bench, &member(), path, body.clone()).await;
        assert_eq!((shown.status, shown.body), (200, json!({"pxrId": "pxr-1", "identification": [{"a": 1}]})));
        let region = of_actor(&member(), OPERATOR);
        assert_eq!(post(&bench, &region, path, body.clone()).await.status, 401);
        given_region_link(&bench, book, OPERATOR, REGION, "", 0).await;
        assert_eq!(post(&bench, &region, path, body.clone()).await.status, 200);
        assert_eq!(post(&bench, &individual(), path, body).await.status, 401);
        assert_eq!(post(&bench, &member(), path, json!({"pxrId": "pxr-9"})).await.status, 204);
        assert_eq!(post(&bench, &member(), path, json!({})).await.status, 400);
    }
}
