//! What portals keep with a book.

use serde_json::json;
use testkit::{individual, member, on_both_databases, resident};

use crate::{books, given_book, put};

on_both_databases! {
    async fn a_resident_replaces_the_appendix_of_the_own_book_only(database: Database) {
        let bench = books(database).await;
        given_book(&bench, "pxr-1").await;
        given_book(&bench, "pxr-2").await;
        for path in ["/book-manage/appendix", "/book-manage/ind/appendix"] {
            let reply = put(&bench, &individual(), path, json!({"appendix": {"a": [1, "b"]}})).await;
            assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));
        }
        let appendix = |pxr_id: &str| format!("my_condition_book where pxr_id = '{pxr_id}'");
        assert_eq!(bench.text("appendix", &appendix("pxr-1")).await, r#"{"a":[1,"b"]}"#);
        assert_eq!(bench.text("updated_by", &appendix("pxr-1")).await, "resident01");
        assert_eq!(bench.text("appendix", &appendix("pxr-2")).await, "null");
        assert_eq!(put(&bench, &resident("pxr-9"), "/book-manage/appendix", json!({"appendix": {}})).await.status, 200);
    }

    async fn an_appendix_is_an_object_of_a_person(database: Database) {
        let bench = books(database).await;
        let path = "/book-manage/appendix";
        for body in [json!({}), json!([]), json!({"appendix": null}), json!({"appendix": [1]}), json!({"appendix": "a"})] {
            assert_eq!(put(&bench, &individual(), path, body).await.status, 400);
        }
        assert_eq!(put(&bench, &member(), path, json!({"appendix": {}})).await.status, 400);
        assert_eq!(bench.put(path).json(json!({"appendix": {}})).send().await.status, 401);
    }
}
