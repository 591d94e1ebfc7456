use serde_json::{Value, json};
use testkit::{Bench, Database, Reply, application, individual, member, on_both_databases};

use crate::world::{APP, DOCUMENT, EVENT, THING, block};

async fn with_logs(database: Database) -> Bench {
    let bench = block(database).await;
    for (id, at) in [(1, "2026-01-01 00:00:00"), (2, "2026-01-03 00:00:00")] {
        bench
            .execute(&format!(
                "insert into shared_access_log (id, my_condition_book_id, log_identifier, user_name, data_type,
                 req_actor_catalog_code, req_actor_catalog_version, req_block_catalog_code,
                 req_block_catalog_version, access_at, created_by, updated_by)
                 values ({id}, 1, 'log-{id}', 'app02', 1, 5, 1, 6, 1, '{at}', 'a', 'a')"
            ))
            .await;
    }
    for (log, kind, code) in [(1, 1, DOCUMENT), (1, 2, EVENT), (1, 2, EVENT), (2, 3, THING)] {
        bench
            .execute(&format!(
                "insert into shared_access_log_data_type (share_access_log_id, data_type, data_type_catalog_code,
                 data_type_catalog_version, created_by, updated_by) values ({log}, {kind}, {code}, 1, 'a', 'a')"
            ))
            .await;
    }
    bench
}

async fn search(bench: &Bench, changes: Value) -> Reply {
    let mut body = json!({"userId": "u1", "app": {"_value": APP}, "wf": null});
    for (key, value) in changes.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    bench.post("/book-operate/accesslog").session(&individual()).json(body).send().await
}

fn identifiers(reply: &Reply) -> Vec<&str> {
    reply.body.as_array().into_iter().flatten().filter_map(|log| log["logIdentifier"].as_str()).collect()
}

on_both_databases! {
    async fn shares_are_shown_with_counts_by_code(database: Database) {
        let bench = with_logs(database).await;
        let reply = search(&bench, json!({})).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let code = |code: i64, count: u64| json!([{"_code": {"_value": code, "_ver": 1}, "count": count}]);
        assert_eq!(reply.body[0], json!({
            "logIdentifier": "log-1", "accessAt": "2026-01-01T09:00:00.000+0900", "type": 1, "shareCatalogCode": 0,
            "request": {"actor": {"_value": 5, "_ver": 1}, "block": {"_value": 6, "_ver": 1}},
            "document": code(DOCUMENT, 1), "event": code(EVENT, 2)
        }));
        let old = bench.post("/book-operate/ind/accesslog").session(&individual());
        let old = old.json(json!({"userId": "u1", "app": {"_value": APP}})).send().await;
        assert_eq!(old.body, reply.body);
    }

    async fn codes_and_times_narrow(database: Database) {
        let bench = with_logs(database).await;
        let thing = search(&bench, json!({"thing": [{"_value": THING, "_ver": 9}]})).await;
        assert_eq!(identifiers(&thing), ["log-2"]);
        let nothing = search(&bench, json!({"thing": []})).await;
        assert_eq!((nothing.status, nothing.body), (204, Value::Null));
        let start = search(&bench, json!({"accessAt": {"start": "2026-01-02T00:00:00.000+0900"}})).await;
        assert_eq!(identifiers(&start), ["log-2"]);
        let end = search(&bench, json!({"accessAt": {"start": null, "end": "2026-01-01T09:00:00.000+0900"}})).await;
        assert_eq!(identifiers(&end), ["log-1"]);
    }

    async fn nobody_else_s_shares_are_shown(database: Database) {
        let bench = with_logs(database).await;
        assert_eq!(search(&bench, json!({"userId": "u2"})).await.status, 204);
        assert_eq!(search(&bench, json!({"app": {"_value": APP + 1}})).await.status, 204);
        for session in [application(), member()] {
            let request = bench.post("/book-operate/accesslog").session(&session);
            let reply = request.json(json!({"userId": "u1", "app": {"_value": APP}})).send().await;
            assert_eq!(reply.status, 401);
        }
    }

    async fn bad_questions_are_refused(database: Database) {
        let bench = block(database).await;
        for (changes, named) in [
            (json!({"userId": null}), "userId"),
            (json!({"app": null}), "app"),
            (json!({"wf": {"_value": 1}}), "wf"),
            (json!({"accessAt": {"start": "2026-01-01"}}), "start"),
            (json!({"accessAt": {"start": "2026-01-02T00:00:00.000+0900", "end": "2026-01-01T00:00:00.000+0900"}}), "accessAt"),
            (json!({"event": [{"_value": "1", "_ver": 1}]}), "0"),
        ] {
            let reply = search(&bench, changes).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, vec![named]));
        }
    }
}
