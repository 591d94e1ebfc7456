//! To whom a resident's data were given.

use http::Method;
use serde_json::{Value, json};
use testkit::{Bench, Database, application, individual, member, on_both_databases, resident};
use vocabulary::ServiceName;

use super::*;

const PATH: &str = "/book-manage/accesslog";

fn log(id: &str, at: &str, share: i64) -> Value {
    json!({"logIdentifier": id, "accessAt": at, "type": 1, "shareCatalogCode": share,
           "request": {"actor": code(RECEIVING), "block": code(9002)}, "event": [{"_code": code(EVENT), "count": 1}]})
}

async fn given(database: Database) -> Bench {
    let bench = residents(database).await;
    drop(bench.neighbours.clone().answers(
        ServiceName::Catalog,
        Method::POST,
        "/catalog",
        json!([version(SHARE, 1, json!({}))]),
    ));
    bench
}

/// What a block answers for a user of its.
fn answer(bench: &Bench, block: i64, status: u16, logs: Value) {
    let path = format!(
        "/pxr-block-proxy/?from_block=1000401&from_path=%2Fbook-manage&block={block}&path=%2Fbook-operate%2Faccesslog"
    );
    drop(bench.neighbours.clone().refuses(ServiceName::BlockProxy, Method::POST, &path, status, logs));
}

fn asked(bench: &Bench) -> Vec<Value> {
    let asked =
        bench.neighbours.asked().into_iter().filter(|asked| asked.service == Some(ServiceName::BlockProxy));
    asked.map(|asked| asked.body).collect()
}

on_both_databases! {
    async fn the_logs_of_all_blocks_become_one(database: Database) {
        let bench = given(database).await;
        answer(&bench, 9001, 200, json!([log("a", "2026-01-02T00:00:00.000+0900", SHARE), log("b", "2026-01-03T00:00:00.000+0900", 0)]));
        answer(&bench, 9002, 200, json!([log("a", "2026-01-01T00:00:00.000+0900", SHARE)]));
        let body = json!({"accessAt": {"start": "2025-12-31T15:00:00.000Z"}});
        let reply = post(&bench, &individual(), PATH, body).await;
        let logs = reply.body.as_array().unwrap();
        let mut names: Vec<_> = logs.iter().map(|log| (log["logIdentifier"].as_str().unwrap(), log["shareName"].as_str().unwrap())).collect();
        names.sort_unstable();
        assert_eq!((reply.status, names), (200, vec![("a", "n"), ("b", "一時データ共有")]));
        let merged = logs.iter().find(|log| log["logIdentifier"] == "a").unwrap();
        assert_eq!(merged["accessAt"], "2026-01-01T00:00:00.000+0900");
        assert_eq!(merged["event"], json!([{"_code": code(EVENT), "count": 2}]));
        let mut asked = asked(&bench);
        asked.sort_by_key(|body| body["userId"].to_string());
        let expected = json!({"accessAt": {"start": "2026-01-01T00:00:00.000+0900"}, "app": {"_value": RECEIVING_APP}, "wf": null, "userId": "r1"});
        assert_eq!(asked[0], expected);
        assert_eq!(asked.len(), 2);
    }

    async fn a_condition_limits_blocks_and_data(database: Database) {
        let bench = given(database).await;
        answer(&bench, 9001, 200, json!([log("a", "2026-01-02T00:00:00.000+0900", SHARE)]));
        let condition = json!({"actor": {"_value": STORING}, "app": {"_value": STORING_APP}, "event": [code(EVENT)]});
        let unknown = json!({"actor": {"_value": 999}, "app": {"_value": 1}});
        let body = json!({"condition": [condition, unknown]});
        let reply = post(&bench, &individual(), "/book-manage/ind/accesslog", body).await;
        assert_eq!((reply.status, reply.body.as_array().unwrap().len()), (200, 1));
        let expected = json!({"accessAt": null, "app": {"_value": STORING_APP}, "wf": null, "userId": "s1", "event": [code(EVENT)]});
        assert_eq!(asked(&bench), [expected]);
    }

    async fn a_block_that_fails_hides_nothing_of_the_others(database: Database) {
        let bench = given(database).await;
        answer(&bench, 9001, 500, Value::Null);
        answer(&bench, 9002, 200, json!([log("a", "2026-01-02T00:00:00.000+0900", SHARE)]));
        assert_eq!(post(&bench, &individual(), PATH, json!({"condition": []})).await.body.as_array().unwrap().len(), 1);
        answer(&bench, 9002, 500, Value::Null);
        assert_eq!(post(&bench, &individual(), PATH, json!({"condition": []})).await.status, 500);
    }

    async fn no_log_at_all_is_no_content(database: Database) {
        let bench = given(database).await;
        for block in [9001, 9002] {
            answer(&bench, block, 204, Value::Null);
        }
        assert_eq!(post(&bench, &individual(), PATH, json!({"condition": []})).await.status, 204);
        assert_eq!(post(&bench, &resident("pxr-9"), PATH, json!({"condition": []})).await.status, 204);
    }

    async fn a_resident_asks_about_his_own_user_ids_only(database: Database) {
        let bench = given(database).await;
        for block in [9001, 9002] {
            answer(&bench, block, 204, Value::Null);
        }
        post(&bench, &resident("pxr-2"), PATH, json!({"condition": [], "userId": "s1"})).await;
        let users: Vec<_> = asked(&bench).iter().map(|body| body["userId"].to_string()).collect();
        assert!(users.len() == 2 && users.iter().all(|user| user.contains('2')), "{users:?}");
    }

    async fn only_residents_ask(database: Database) {
        let bench = given(database).await;
        for session in [member(), application()] {
            assert_eq!(post(&bench, &session, PATH, json!({"condition": []})).await.status, 401);
        }
        assert_eq!(bench.post(PATH).json(json!({"condition": []})).send().await.status, 401);
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = given(database).await;
        let condition = json!({"actor": {}, "app": {"_value": "x"}, "wf": {"_value": 1}, "thing": {}});
        let body = json!({"accessAt": {"start": "2026-01-02T00:00:00.000Z", "end": "2026-01-01T00:00:00.000Z"}, "condition": [condition]});
        let reply = post(&bench, &individual(), PATH, body).await;
        assert_eq!((reply.status, reply.refused_fields()), (400, vec!["end", "_value", "_value", "thing", "wf"]));
        for body in [json!({}), json!([]), json!([{}])] {
            assert_eq!(post(&bench, &individual(), PATH, body).await.status, 400);
        }
    }
}
