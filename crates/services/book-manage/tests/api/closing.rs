//! The end of a book.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{
    Bench, Fault, application, individual, member, member_with, of_actor, on_both_databases, resident,
};
use vocabulary::Session;

use crate::{
    books_with, get, given_application_link, given_book, post, put,
    stand_ins::{APP, Operators, PROVIDER, catalog, catalog_with},
};

async fn delete(bench: &Bench, session: &Session, path: &str) -> testkit::Reply {
    bench.delete(path).session(session).send().await
}

/// A consent with everything that can hang on it, a link and a document.
async fn given_contents(bench: &Bench, book: i64) {
    given_application_link(bench, book, PROVIDER, APP, &format!("u{book}"), 1).await;
    for sql in [
        "insert into data_operation (book_id, type, operation_catalog_code, actor_catalog_code, actor_catalog_version, \
         created_by, updated_by) values (BOOK, 'temp', 5, 1, 1, 'test', 'test')",
        "insert into data_operation_data_type (data_operation_id, created_by, updated_by) \
         select max(id), 'test', 'test' from data_operation",
        "insert into data_operation_data (data_operation_id, created_by, updated_by) \
         select max(id), 'test', 'test' from data_operation",
        "insert into mcd_alteration (book_id, created_by, updated_by) values (BOOK, 'test', 'test')",
        "insert into mcd_alteration_actor (mcd_alteration_id, actor_catalog_code, actor_catalog_version, \
         approval_status, created_by, updated_by) select max(id), 1, 1, 0, 'test', 'test' from mcd_alteration",
        "insert into mcd_alteration_data (mcd_alteration_actor_id, created_by, updated_by) \
         select max(id), 'test', 'test' from mcd_alteration_actor",
        "insert into identification (book_id, identification_code, identification_version, template, template_hash, \
         created_by, updated_by) values (BOOK, 1, 1, '{}', 'h', 'test', 'test')",
    ] {
        bench.execute(&sql.replace("BOOK", &book.to_string())).await;
    }
    let id = "5ef1b0a4-3f4e-4e0f-8d5c-0a0b0c0d0e0f".replacen('5', &book.to_string(), 1);
    let id = if bench.ground.store.backend() == sea_orm::DbBackend::Sqlite {
        format!("x'{}'", id.replace('-', ""))
    } else {
        format!("'{id}'")
    };
    bench
        .execute(&format!(
            "insert into temporarily_shared_code (id, data_operate_definition_id, expire_at, created_by, updated_by) \
             select {id}, max(id), '2030-01-01 00:00:00', 'test', 'test' from data_operation"
        ))
        .await;
}

const TABLES: [&str; 6] = [
    "my_condition_book",
    "user_id_cooperate",
    "identification",
    "data_operation",
    "data_operation_data_type",
    "temporarily_shared_code",
];

async fn disabled(bench: &Bench) -> Vec<usize> {
    let mut counts = Vec::new();
    for table in TABLES {
        counts.push(bench.count(&format!("{table} where is_disabled")).await);
    }
    counts
}

on_both_databases! {
    async fn a_resident_closes_the_own_book_and_cannot_log_in_any_more(database: Database) {
        let operators = Operators::default();
        operators.given("pxr-1");
        operators.given("pxr-2");
        let bench = books_with(database, operators.join(catalog())).await;
        for pxr_id in ["pxr-1", "pxr-2"] {
            let book = given_book(&bench, pxr_id).await;
            given_contents(&bench, book).await;
        }
        let reply = delete(&bench, &resident("pxr-1"), "/book-manage").await;
        assert_eq!((reply.status, reply.body["mcdOutputCode"].as_str().map(str::len)), (200, Some(8)));
        assert_eq!(disabled(&bench).await, [1; 6]);
        let left: Vec<_> = operators.all().into_iter().map(|operator| operator.pxr_id).collect();
        assert_eq!(left, ["pxr-2"]);
        for session in [member(), application()] {
            assert_eq!(delete(&bench, &session, "/book-manage").await.status, 401);
        }
        assert_eq!(delete(&bench, &resident("pxr-9"), "/book-manage").await.status, 400);
    }

    async fn whatever_goes_wrong_a_second_closing_closes(database: Database) {
        let operators = Operators::default();
        let neighbours = operators.join(catalog());
        let bench = books_with(database, neighbours.clone()).await;
        for (number, fault) in Fault::each(2).enumerate() {
            let pxr_id = format!("pxr-{number}");
            operators.given(&pxr_id);
            given_book(&bench, &pxr_id).await;
            neighbours.suffer(Some(fault));
            let first = delete(&bench, &resident(&pxr_id), "/book-manage").await;
            assert_ne!(first.status, 200);
            neighbours.suffer(None);
            let gone = !operators.all().iter().any(|operator| operator.pxr_id == pxr_id);
            if !gone {
                assert_eq!(delete(&bench, &resident(&pxr_id), "/book-manage").await.status, 200, "{fault:?}");
            }
            assert_eq!(bench.count(&format!("my_condition_book where pxr_id = '{pxr_id}' and is_disabled")).await, 1);
        }
        assert_eq!(operators.all(), []);
    }

    async fn a_member_of_the_root_closes_or_deletes_a_book(database: Database) {
        let operators = Operators::default();
        let bench = books_with(database, operators.join(catalog())).await;
        for pxr_id in ["pxr-1", "pxr-2", "pxr-3"] {
            operators.given(pxr_id);
            let book = given_book(&bench, pxr_id).await;
            given_contents(&bench, book).await;
        }
        for session in [individual(), application(), of_actor(&member(), PROVIDER)] {
            assert_eq!(delete(&bench, &session, "/book-manage/force/pxr-1").await.status, 401);
        }
        let reply = delete(&bench, &member(), "/book-manage/force/pxr-1").await;
        assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));
        assert_eq!(disabled(&bench).await, [1; 6]);
        assert_eq!(delete(&bench, &member(), "/book-manage/force/pxr-1").await.status, 400);
        assert_eq!(delete(&bench, &member(), "/book-manage/force/pxr-2?physicalDelete=maybe").await.status, 400);
        assert_eq!(delete(&bench, &member(), "/book-manage/force/pxr-2?physicalDelete=true").await.status, 200);
        for table in TABLES.iter().chain(&["data_operation_data", "mcd_alteration_data"]) {
            assert_eq!(bench.count(table).await, 2, "{table}");
        }
        let left: Vec<_> = operators.all().into_iter().map(|operator| operator.pxr_id).collect();
        assert_eq!(left, ["pxr-3"]);
    }

    async fn whatever_goes_wrong_a_second_deletion_deletes(database: Database) {
        let operators = Operators::default();
        let neighbours = operators.join(catalog());
        let bench = books_with(database, neighbours.clone()).await;
        for (number, fault) in Fault::each(2).enumerate() {
            let pxr_id = format!("pxr-{number}");
            operators.given(&pxr_id);
            given_book(&bench, &pxr_id).await;
            let path = format!("/book-manage/force/{pxr_id}?physicalDelete=true");
            neighbours.suffer(Some(fault));
            assert_ne!(delete(&bench, &member(), &path).await.status, 200);
            neighbours.suffer(None);
            assert_eq!(delete(&bench, &member(), &path).await.status, 200, "{fault:?}");
        }
        assert_eq!((operators.all().len(), bench.count("my_condition_book").await), (0, 0));
        // A right that the operator service asks for, unless there is nobody to be deleted.
        given_book(&bench, "pxr-9").await;
        let weak = member_with(json!({"member": {"add": true}}));
        assert_ne!(delete(&bench, &weak, "/book-manage/force/pxr-9").await.status, 200);
    }

    async fn a_book_is_stopped_and_goes_on(database: Database) {
        let operators = Operators::default();
        operators.given("pxr-1");
        let bench = books_with(database, operators.join(catalog())).await;
        given_book(&bench, "pxr-1").await;
        let body = json!({"pxrId": "pxr-1"});
        let (stop, enable) = ("/book-manage/force-deletion", "/book-manage/force-enable");
        let strangers = [
            individual(), application(), of_actor(&member(), PROVIDER), member_with(json!({"member": {"add": true}})),
        ];
        for session in &strangers {
            for path in [stop, enable] {
                assert_eq!(put(&bench, session, path, body.clone()).await.status, 401);
            }
        }
        assert_eq!(put(&bench, &member(), enable, body.clone()).await.status, 400);
        let reply = put(&bench, &member(), stop, body.clone()).await;
        assert_eq!((reply.status, reply.body), (200, json!({"status": "success"})));
        assert!(operators.all()[0].prohibited);
        assert_eq!(bench.count("my_condition_book where force_deletion_flag").await, 1);
        assert_eq!(put(&bench, &member(), stop, body.clone()).await.status, 400);
        assert_eq!(put(&bench, &member(), enable, body).await.status, 200);
        assert!(!operators.all()[0].prohibited);
        assert_eq!(put(&bench, &member(), stop, json!({"pxrId": "pxr-9"})).await.status, 400);
        for body in [json!({}), json!([]), json!({"pxrId": ""}), json!({"pxrId": 1})] {
            assert_eq!(put(&bench, &member(), stop, body).await.status, 400);
        }
    }

    async fn of_two_that_stop_a_book_at_once_exactly_one_does(database: Database) {
        let operators = Operators::default();
        operators.given("pxr-1");
        let bench = books_with(database, operators.join(catalog())).await;
        given_book(&bench, "pxr-1").await;
        let member = member();
        let stop = || put(&bench, &member, "/book-manage/force-deletion", json!({"pxrId": "pxr-1"}));
        let (one, other) = tokio::join!(stop(), stop());
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400]);
    }

    async fn a_reserved_book_waits_for_its_term(database: Database) {
        let term = json!({"book_deletion_pending_term": {"type": "day", "value": 7}});
        let bench = books_with(database, catalog_with(term)).await;
        let book = given_book(&bench, "pxr-1").await;
        given_book(&bench, "pxr-2").await;
        let path = format!("/book-manage/reserve_deletion/{book}");
        let targets = "/book-manage/delete/target?offset=0&limit=10";
        for session in [individual(), application()] {
            assert_eq!(post(&bench, &session, &path, json!({})).await.status, 400);
            assert_eq!(get(&bench, &session, targets).await.status, 400);
        }
        assert_eq!(post(&bench, &of_actor(&member(), PROVIDER), &path, json!({})).await.status, 401);
        let reply = post(&bench, &member(), &path, Value::Null).await;
        assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));
        assert_eq!(get(&bench, &member(), targets).await.body, json!([]));
        bench.advance(TimeDelta::days(8));
        assert_eq!(get(&bench, &member(), targets).await.body, json!([{"pxrId": "pxr-1"}]));
        let of_others = get(&bench, &of_actor(&member(), PROVIDER), targets).await;
        assert_eq!((of_others.status, of_others.body), (200, json!([])), "it serves none of them");
        assert_eq!(get(&bench, &member(), "/book-manage/delete/target?offset=1").await.body, json!([]));
        assert_eq!(get(&bench, &member(), "/book-manage/delete/target?offset=-1").await.status, 400);
        assert_eq!(post(&bench, &member(), "/book-manage/reserve_deletion/999", json!({})).await.status, 404);
        assert_eq!(post(&bench, &member(), "/book-manage/reserve_deletion/x", json!({})).await.status, 400);
    }
}
