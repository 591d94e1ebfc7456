use http::Method;
use serde_json::{Value, json};
use testkit::{Bench, Neighbours, Reply, application, individual, on_both_databases};
use vocabulary::ServiceName;

use crate::world::{
    APP, BLOCK, EVENT, Root, THING, actor, block_with, event_with_thing, neighbours, new_document, stored,
};

const CODE: &str = "e9f4ecfa-97b0-4922-9b55-2b555438779e";

/// The root knows the tests' user by PXR-ID and links him to the application.
fn linked() -> Neighbours {
    let link = json!({"actor": {"_value": 1000431, "_ver": 1}, "app": {"_value": APP.to_string(), "_ver": "1"},
                      "wf": null, "userId": "u1", "startAt": null, "status": 1});
    neighbours()
        .at_root(Method::POST, "/book-manage/search/user", 200, json!({"pxrId": "pxr-1"}))
        .at_root(Method::POST, "/book-manage/search", 200, json!([{"pxrId": "pxr-1", "cooperation": [link]}]))
        .at_root(Method::GET, &share_ns(), 200, json!([definition()]))
}

fn share_ns() -> String {
    "/catalog/?ns=catalog%2Fext%2Ftest-org%2Factor%2Fapp%2Factor_1000431%2Fshare".replace('%', "%25")
}

fn definition() -> Value {
    let code = |code: i64| json!([{"code": {"_value": code, "_ver": 1}}]);
    json!({"catalogItem": {"ns": "share", "_code": {"_value": 1000900, "_ver": 1}},
           "template": {"share": [{"event": code(EVENT), "thing": code(THING)}]}})
}

async fn give(bench: &Bench, body: Value) -> Reply {
    bench.post("/book-operate/share/search").session(&application()).json(body).send().await
}

/// The proxy's answer for a share.
fn proxy(status: u16, body: Value) -> Neighbours {
    neighbours().refuses(ServiceName::BlockProxy, Method::POST, "/pxr-block-proxy", status, body)
}

async fn receive(bench: &Bench, body: Value) -> Reply {
    bench.post("/book-operate/share").session(&application()).json(body).send().await
}

fn event(id: &str, things: &[&str]) -> Value {
    let things: Vec<_> = things.iter().map(|id| json!({"id": {"value": id}})).collect();
    json!({"id": {"value": id}, "thing": things})
}

on_both_databases! {
    async fn what_is_asked_for_is_given_and_logged(database: Database) {
        let bench = block_with(database, linked()).await;
        let (event, thing) = event_with_thing(&bench).await;
        let body = json!({"userId": "u7", "logIdentifier": "log-1", "event": [{"_value": EVENT, "_ver": 1}],
                          "thing": [{"_value": THING, "_ver": 1}]});
        let reply = give(&bench, body).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.body["document"], Value::Null);
        assert_eq!(reply.body["event"][0]["id"]["value"], json!(event));
        assert_eq!(reply.body["thing"][0]["id"]["value"], json!(thing));
        let log = bench.text("log_identifier || ' ' || user_name || ' ' || data_type || ' ' || share_catalog_code", "shared_access_log").await;
        assert_eq!(log, "log-1 app01 1 1000900");
        let items = bench.texts("data_type || ' ' || data_type_catalog_code", "shared_access_log_data_type order by id").await;
        assert_eq!(items, [format!("2 {EVENT}"), format!("3 {THING}")]);
    }

    async fn what_is_not_asked_for_is_neither_given_nor_logged(database: Database) {
        let bench = block_with(database, linked()).await;
        event_with_thing(&bench).await;
        for wanted in [json!({}), json!({"event": [{"_value": EVENT + 1, "_ver": 1}]}), json!({"identifier": ["other"]})] {
            let mut body = json!({"userId": "u7", "logIdentifier": "log-1"});
            for (key, value) in wanted.as_object().unwrap() {
                body[key] = value.clone();
            }
            let reply = give(&bench, body).await;
            assert_eq!((reply.status, reply.body), (200, json!({"document": null, "event": null, "thing": null})));
        }
        assert_eq!(bench.count("shared_access_log").await, 0);
    }

    async fn nothing_of_users_whom_the_root_does_not_link_is_given(database: Database) {
        let unknown = linked().at_root(Method::POST, "/book-manage/search/user", 204, Value::Null);
        let bench = block_with(database, unknown).await;
        event_with_thing(&bench).await;
        let body = json!({"userId": "u1", "logIdentifier": "l", "event": [{"_value": EVENT, "_ver": 1}]});
        assert_eq!(give(&bench, body.clone()).await.status, 401);
        let no_link = json!([{"pxrId": "pxr-1", "cooperation": null}]);
        let _ = bench.neighbours.clone()
            .at_root(Method::POST, "/book-manage/search/user", 200, json!({"pxrId": "pxr-1"}))
            .at_root(Method::POST, "/book-manage/search", 200, no_link);
        let reply = give(&bench, body).await;
        assert_eq!((reply.status, &reply.body["event"]), (200, &Value::Null));
        assert_eq!(bench.count("shared_access_log").await, 0);
    }

    async fn a_temporary_code_gives_what_it_names_of_its_application(database: Database) {
        let permitted = |app: i64, conditions: Value| {
            json!({"pxrId": "pxr-1", "actor": {"_value": 1}, "app": {"_value": app}, "identifier": conditions})
        };
        let bench = block_with(database, linked()).await;
        let (first, _) = event_with_thing(&bench).await;
        event_with_thing(&bench).await;
        let collation = "/book-manage/share/temp/collation";
        let _ = bench.neighbours.clone().at_root(Method::POST, collation, 200, permitted(APP, json!([{"event": first}])));
        let body = json!({"tempShareCode": CODE, "logIdentifier": "l", "event": [{"_value": EVENT, "_ver": 1}]});
        let reply = give(&bench, body.clone()).await;
        assert_eq!(reply.body["event"].as_array().map(Vec::len), Some(1), "{}", reply.body);
        assert_eq!(reply.body["event"][0]["id"]["value"], json!(first));
        assert_eq!(bench.text("data_type", "shared_access_log").await, "2");
        assert_eq!(bench.count("shared_access_log_data_type").await, 1);

        let _ = bench.neighbours.clone().at_root(Method::POST, collation, 200, permitted(APP + 1, json!([])));
        assert_eq!(give(&bench, body.clone()).await.body["event"], Value::Null, "the code is for another application");
        let _ = bench.neighbours.clone().at_root(Method::POST, collation, 400, json!({"message": "expired"}));
        assert_eq!(give(&bench, body).await.status, 400);
        assert_eq!(bench.count("shared_access_log").await, 1);
    }

    async fn only_applications_have_share_definitions(database: Database) {
        let neighbours = linked().at_root(Method::GET, "/catalog/1000431", 200, actor("region-root"));
        let bench = block_with(database, neighbours).await;
        event_with_thing(&bench).await;
        let body = json!({"userId": "u7", "logIdentifier": "l", "event": [{"_value": EVENT, "_ver": 1}]});
        assert_eq!(give(&bench, body).await.status, 400);
        assert_eq!(bench.count("shared_access_log").await, 0);
    }

    async fn a_document_is_given_with_its_chapters(database: Database) {
        let bench = block_with(database, linked()).await;
        let (event, _) = event_with_thing(&bench).await;
        let chapters = json!([{"title": "t", "event": [event], "sourceId": []}]);
        let id = stored(&bench, "/book-operate/document/u1", new_document(chapters)).await;
        let reply = give(&bench, json!({"userId": "u7", "logIdentifier": "l", "identifier": [id]})).await;
        assert_eq!(reply.body["document"][0]["chapter"][0]["event"], json!([event]), "{}", reply.body);
        assert_eq!(reply.body["event"], Value::Null);
        assert_eq!(bench.count("shared_access_log where share_catalog_code is null").await, 1);
    }

    async fn bad_questions_are_refused(database: Database) {
        let bench = block_with(database, linked()).await;
        for (body, named) in [
            (json!({"userId": "u1"}), "logIdentifier"),
            (json!({"logIdentifier": "l", "event": [{"_value": "x", "_ver": 1}]}), "_value"),
            (json!({"logIdentifier": "l", "dest": {}}), "actor"),
            (json!({"logIdentifier": "l", "updatedAt": {"start": "x"}}), "start"),
        ] {
            let reply = give(&bench, body).await;
            assert_eq!((reply.status, reply.refused_fields().first()), (400, Some(&named)));
        }
        assert_eq!(give(&bench, json!({"logIdentifier": "l"})).await.status, 400, "nobody is named");
        let resident = bench.post("/book-operate/share/search").session(&individual());
        assert_eq!(resident.json(json!({"userId": "u", "logIdentifier": "l"})).send().await.status, 400);
        assert_eq!(bench.post("/book-operate/share/search").json(json!({"logIdentifier": "l"})).send().await.status, 401);
    }

    async fn the_receiver_asks_through_the_proxy_and_drops_what_is_empty(database: Database) {
        let elements = json!([{"document": null, "event": [event("e1", &[])], "thing": null},
                              {"document": [], "event": null, "thing": []}]);
        let bench = block_with(database, proxy(200, elements)).await;
        let updated = json!({"start": "2026-01-01T00:00:00.000+0900", "end": "2026-01-02T00:00:00.000+0900"});
        let body = json!({"userId": "u1", "updatedAt": updated, "event": [{"_value": EVENT.to_string(), "_ver": 1}]});
        let request = bench.post("/book-operate/share").session(&application()).header("access-token", "t");
        let reply = request.json(body).send().await;
        assert_eq!(reply.body.as_array().map(Vec::len), Some(1), "{}", reply.body);
        let asked = bench.neighbours.asked().pop().unwrap();
        let query = format!("/pxr-block-proxy/?from_block={BLOCK}&from_path=%2Fbook-operate&block={BLOCK}&path=%2Fbook-operate%2Fshare%2Fsearch");
        assert_eq!((asked.path, asked.headers["access-token"].to_str().unwrap()), (query, "t"));
        assert_eq!(asked.body["updatedAt"]["start"], json!("2025-12-31T15:00:00.000Z"));
        assert_eq!(asked.body["event"], json!([{"_value": EVENT, "_ver": 1}]));
        assert_eq!(asked.body["logIdentifier"].as_str().map(str::len), Some(36));
    }

    async fn a_share_that_the_root_does_not_permit_is_not_permitted_here(database: Database) {
        let bench = block_with(database, neighbours()).await;
        for (from_proxy, to_client) in [(401, 401), (400, 400), (500, 500), (503, 500), (204, 500)] {
            let _ = bench.neighbours.clone().refuses(ServiceName::BlockProxy, Method::POST, "/pxr-block-proxy", from_proxy, json!({}));
            assert_eq!(receive(&bench, json!({"userId": "u1"})).await.status, to_client);
        }
        let _ = bench.neighbours.clone().answers(ServiceName::BlockProxy, Method::POST, "/pxr-block-proxy", json!({"event": []}));
        assert_eq!(receive(&bench, json!({"userId": "u1"})).await.status, 500, "no list of blocks");
        assert_eq!(receive(&bench, json!({})).await.status, 400);
        assert_eq!(receive(&bench, json!({"event": [1], "userId": 1})).await.status, 400);
        assert_eq!(bench.post("/book-operate/share").json(json!({"userId": "u1"})).send().await.status, 401);
    }

    async fn a_temporary_code_limits_what_is_received(database: Database) {
        let elements = json!([{"document": null, "event": [event("e1", &["t1", "t2"]), event("e2", &["t3"])], "thing": null}]);
        let permitted = json!({"pxrId": "p", "identifier": [{"event": "e1", "thing": ["t2"]}]});
        let bench = block_with(database, proxy(200, elements)).await;
        let _ = bench.neighbours.clone().at_root(Method::POST, "/book-manage/share/temp/collation", 200, permitted);
        let ask = async |body: Value| bench.post("/book-operate/share/temp").session(&application()).json(body).send().await;
        let reply = ask(json!({"tempShareCode": CODE, "event": [], "thing": null})).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.body, json!([{"document": [], "event": [event("e1", &["t2"])], "thing": []}]));
        let asked = bench.neighbours.asked().pop().unwrap().body;
        assert_eq!((&asked["event"], &asked["identifier"]), (&Value::Null, &Value::Null));
        assert_eq!(ask(json!({"tempShareCode": "x"})).await.refused_fields(), ["tempShareCode"]);
    }

    async fn an_unknown_or_expired_code_opens_nothing(database: Database) {
        let bench = block_with(database, proxy(200, json!([{"event": [event("e1", &[])]}]))).await;
        let _ = bench.neighbours.clone().at_root(Method::POST, "/book-manage/share/temp/collation", 400, json!({"message": "expired"}));
        let reply = bench.post("/book-operate/share/temp").session(&application()).json(json!({"tempShareCode": CODE})).send().await;
        assert_eq!((reply.status, &reply.body["message"]), (400, &json!("expired")));
        let shares = bench.neighbours.asked().into_iter().filter(|asked| asked.target().contains("share/search"));
        assert_eq!(shares.count(), 0);
    }
}
