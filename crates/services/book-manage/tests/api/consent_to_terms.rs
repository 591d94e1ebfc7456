//! Consents to terms of use.

use serde_json::{Value, json};
use testkit::{Bench, individual, on_both_databases, resident};

use crate::{
    books, books_with, given_book, given_region_link, post,
    stand_ins::{Catalog, OPERATOR, REGION, REGION_TERMS, TERMS, catalog, item, region_terms},
};

const PLATFORM: &str = "/book-manage/term_of_use/platform";
const REGIONS: &str = "/book-manage/term_of_use/region";

fn platform(version: i64) -> Value {
    json!({"_code": {"_value": TERMS, "_ver": version}})
}

fn region(version: i64) -> Value {
    json!({"_code": {"_value": REGION_TERMS, "_ver": version}, "actor": {"_value": OPERATOR, "_ver": 1},
           "region": {"_value": REGION, "_ver": 1}})
}

/// Terms that residents were asked about.
async fn given_question(bench: &Bench, book: i64, kind: i64, code: i64, version: i64) {
    let rows = "terms_of_use_notification (terms_type, _value, _ver, status, created_by, updated_by)";
    bench.execute(&format!("insert into {rows} values ({kind}, {code}, {version}, 1, 'test', 'test')")).await;
    let rows =
        "terms_of_use_notification_ind (terms_of_use_notification_id, book_id, created_by, updated_by)";
    bench
        .execute(&format!(
            "insert into {rows} select max(id), {book}, 'test', 'test' from terms_of_use_notification"
        ))
        .await;
}

on_both_databases! {
    async fn who_was_asked_agrees_and_the_book_works_again(database: Database) {
        let bench = books(database).await;
        let book = given_book(&bench, "pxr-1").await;
        bench.execute("update my_condition_book set status = 1").await;
        assert_eq!(post(&bench, &individual(), PLATFORM, platform(1)).await.status, 400);
        given_question(&bench, book, 1, TERMS, 1).await;
        let reply = post(&bench, &individual(), PLATFORM, platform(1)).await;
        assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));
        assert_eq!(bench.text("status", "my_condition_book").await, "0");
        assert_eq!(bench.text("status", "terms_of_use_notification_ind").await, "1");
        assert_eq!(bench.texts("terms_of_use_version", "tou_consent").await, ["1"]);
        assert_eq!(post(&bench, &individual(), PLATFORM, platform(1)).await.status, 400);
    }

    async fn an_older_version_answers_for_itself_only(database: Database) {
        let newer = item(TERMS, "catalog/ext/test-org/terms-of-use/platform", json!({}));
        let neighbours = catalog().answers(
            vocabulary::ServiceName::Catalog, http::Method::GET, &format!("/catalog/{TERMS}/2"), newer);
        let bench = books_with(database, neighbours).await;
        let book = given_book(&bench, "pxr-1").await;
        bench.execute("update my_condition_book set status = 1").await;
        given_question(&bench, book, 1, TERMS, 1).await;
        given_question(&bench, book, 1, TERMS, 2).await;
        assert_eq!(post(&bench, &individual(), PLATFORM, platform(1)).await.status, 200);
        assert_eq!(bench.text("status", "my_condition_book").await, "1");
        assert_eq!(bench.texts("status", "terms_of_use_notification_ind order by id").await, ["1", "0"]);
        assert_eq!(post(&bench, &individual(), PLATFORM, platform(2)).await.status, 200);
        assert_eq!(bench.text("status", "my_condition_book").await, "0");
    }

    async fn a_book_that_is_being_closed_stays_so(database: Database) {
        let bench = books(database).await;
        let book = given_book(&bench, "pxr-1").await;
        given_question(&bench, book, 1, TERMS, 1).await;
        bench.execute("update my_condition_book set status = 3").await;
        assert_eq!(post(&bench, &individual(), PLATFORM, platform(1)).await.status, 200);
        assert_eq!(bench.text("status", "my_condition_book").await, "3");
    }

    async fn the_first_consent_to_a_region_needs_a_link_with_it(database: Database) {
        let bench = books(database).await;
        let book = given_book(&bench, "pxr-1").await;
        given_book(&bench, "pxr-2").await;
        assert_eq!(post(&bench, &individual(), REGIONS, region(1)).await.status, 400);
        given_region_link(&bench, book, OPERATOR, REGION, "u1", 2).await;
        assert_eq!(post(&bench, &individual(), REGIONS, region(1)).await.status, 400);
        bench.execute("update user_id_cooperate set status = 0").await;
        for path in [REGIONS, "/book-manage/ind/term_of_use/region"] {
            assert_eq!(post(&bench, &individual(), path, region(1)).await.status, 200);
        }
        assert_eq!(bench.texts("terms_type", "tou_consent").await, ["2"]);
        assert_eq!(post(&bench, &resident("pxr-2"), REGIONS, region(1)).await.status, 400);
        assert_eq!(bench.count("tou_consent").await, 1);
    }

    async fn a_consent_that_was_asked_for_can_come_too_late(database: Database) {
        let late = region_terms(json!({"period-of-re-consent": "2026-01-01T00:00:00.000+0900"}));
        let bench = books_with(database, catalog().answers_item(REGION_TERMS, late)).await;
        let book = given_book(&bench, "pxr-1").await;
        given_question(&bench, book, 2, REGION_TERMS, 1).await;
        assert_eq!(post(&bench, &individual(), REGIONS, region(1)).await.status, 400);
        assert_eq!(bench.count("tou_consent").await, 0);
    }

    async fn consents_of_nobody_and_to_nothing_are_refused(database: Database) {
        let bench = books(database).await;
        given_book(&bench, "pxr-1").await;
        for body in [json!({}), json!([]), json!({"_code": {"_value": "1", "_ver": 1}}), json!({"_code": null})] {
            for path in [PLATFORM, REGIONS, "/book-manage/ind/term_of_use/platform"] {
                assert_eq!(post(&bench, &individual(), path, body.clone()).await.status, 400);
            }
        }
        assert_eq!(post(&bench, &individual(), REGIONS, platform(1)).await.refused_fields(), ["actor", "region"]);
        assert_eq!(post(&bench, &resident("pxr-9"), PLATFORM, platform(1)).await.status, 400);
        assert_eq!(bench.post(PLATFORM).json(platform(1)).send().await.status, 401);
    }
}
