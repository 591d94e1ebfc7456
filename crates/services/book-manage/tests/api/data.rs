//! What is stored about a resident everywhere.

use http::Method;
use serde_json::{Value, json};
use testkit::{individual, member, on_both_databases, resident};
use vocabulary::ServiceName;

use crate::{
    books_with, given_application_link, given_book, given_region_link, post,
    stand_ins::{APP, Catalog, OPERATOR, PROVIDER, REGION, catalog, item},
};

const PATH: &str = "/book-manage/book/search";

on_both_databases! {
    async fn a_resident_reads_the_own_data_from_all_blocks(database: Database) {
        let provider = item(PROVIDER, "catalog/ext/test-org/actor/app", json!({"main-block": {"_value": 77, "_ver": 1}}));
        let neighbours = catalog()
            .answers_item(PROVIDER, provider)
            .answers(ServiceName::BlockProxy, Method::POST, "/pxr-block-proxy", json!([{"id": 1}]));
        let bench = books_with(database, neighbours.clone()).await;
        let book = given_book(&bench, "pxr-1").await;
        assert_eq!(post(&bench, &individual(), PATH, json!({"type": "event"})).await.status, 204);
        given_application_link(&bench, book, PROVIDER, APP, "u2", 1).await;
        given_application_link(&bench, book, PROVIDER, 9, "u1", 1).await;
        given_region_link(&bench, book, OPERATOR, REGION, "r1", 1).await;
        let period = json!({"start": "2020-01-01T00:00:00.000Z", "end": "2021-01-01T00:00:00.000+09:00"});
        let reply = post(&bench, &individual(), PATH, json!({"type": "event", "updatedAt": period})).await;
        assert_eq!((reply.status, reply.body), (200, json!([{"id": 1}, {"id": 1}])));
        let asked: Vec<_> = neighbours.asked().into_iter().filter(|asked| asked.service == Some(ServiceName::BlockProxy)).collect();
        assert_eq!(asked[0].target(), "/book-operate/book/search");
        assert!(asked[0].path.contains("block=77"));
        let period = json!({"start": "2020-01-01T09:00:00.000+0900", "end": "2021-01-01T00:00:00.000+0900"});
        assert_eq!(asked[0].body, json!({"userId": "u1", "type": "event", "identifier": null, "updatedAt": period,
                                         "_code": null, "app": {"_value": 9}, "wf": null}));
        let condition = json!([{"actor": {"_value": PROVIDER}, "app": {"_value": APP}, "_code": [{"_value": 5, "_ver": 1}]},
                               {"actor": {"_value": PROVIDER}, "app": {"_value": 12}}]);
        let reply = post(&bench, &individual(), PATH, json!({"identifier": ["i"], "condition": condition})).await;
        assert_eq!(reply.body, json!([{"id": 1}]));
        let asked = neighbours.asked().pop().unwrap().body;
        assert_eq!((&asked["userId"], &asked["_code"], &asked["identifier"]), (&json!("u2"), &json!([{"_value": 5, "_ver": 1}]), &json!(["i"])));
        assert_eq!(post(&bench, &resident("pxr-2"), PATH, json!({"type": "event"})).await.status, 204);
        assert_eq!(post(&bench, &member(), PATH, json!({"type": "event"})).await.status, 400);
    }

    async fn a_block_that_does_not_answer_is_an_error(database: Database) {
        let provider = item(PROVIDER, "catalog/ext/test-org/actor/app", json!({"main-block": {"_value": 77, "_ver": 1}}));
        let neighbours = catalog()
            .answers_item(PROVIDER, provider)
            .refuses(ServiceName::BlockProxy, Method::POST, "/pxr-block-proxy", 401, Value::Null);
        let bench = books_with(database, neighbours).await;
        let book = given_book(&bench, "pxr-1").await;
        given_application_link(&bench, book, PROVIDER, APP, "u2", 1).await;
        assert_eq!(post(&bench, &individual(), PATH, json!({"type": "event"})).await.status, 500);
        for body in [
            json!({}), json!([]), json!({"type": "x"}), json!({"type": 1}), json!({"identifier": []}),
            json!({"type": "event", "updatedAt": {"start": "2020-01-01T00:00:00.000Z"}}),
            json!({"type": "event", "condition": [{"actor": {"_value": 1}}]}),
            json!({"type": "event", "condition": [{"actor": {"_value": 1}, "wf": {"_value": 1}, "app": {"_value": 1}}]}),
            json!({"type": "event", "condition": [{"app": {"_value": 1}}]}),
        ] {
            assert_eq!(post(&bench, &individual(), PATH, body.clone()).await.status, 400, "{body}");
        }
    }
}
