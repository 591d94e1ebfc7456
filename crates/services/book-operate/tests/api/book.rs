use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{Bench, Reply, application, individual, on_both_databases};

use crate::world::{APP, EVENT, THING, block, delete, event_with_thing, new_event, stored};

async fn search(bench: &Bench, changes: Value) -> Reply {
    let mut body = json!({"userId": "u1", "app": {"_value": APP}});
    for (key, value) in changes.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    bench.post("/book-operate/book/search").session(&application()).json(body).send().await
}

on_both_databases! {
    async fn events_come_with_their_things_and_things_as_they_were_stored(database: Database) {
        let bench = block(database).await;
        let (event, thing) = event_with_thing(&bench).await;
        let events = search(&bench, json!({"type": "event"})).await;
        assert_eq!(events.status, 200);
        let shown = &events.body[0];
        assert_eq!(shown["id"], json!({"index": "3_1_1", "value": event}));
        assert_eq!(shown["start"]["value"], json!("2026-01-01T09:00:00.000+0900"));
        assert_eq!(shown["env"], json!({"weather": "fine"}));
        let things = search(&bench, json!({"type": "thing"})).await.body;
        assert_eq!(things[0], shown["thing"][0]);
        assert_eq!(things[0]["envelope"], json!({"sample": true}));
        assert_eq!(things[0]["id"]["value"], json!(thing));
        assert_eq!(things[0].get("_code"), None);
        let all = search(&bench, json!({"identifier": [event, thing]})).await.body;
        assert_eq!(all.as_array().map(Vec::len), Some(2));
    }

    async fn events_without_things_are_not_shown(database: Database) {
        let bench = block(database).await;
        stored(&bench, "/book-operate/event/u1", new_event()).await;
        let reply = search(&bench, json!({"type": "event"})).await;
        assert_eq!((reply.status, reply.body), (204, Value::Null));
    }

    async fn codes_versions_identifiers_and_times_narrow(database: Database) {
        let bench = block(database).await;
        let (event, thing) = event_with_thing(&bench).await;
        let count = async |changes: Value| search(&bench, changes).await.body.as_array().map_or(0, Vec::len);
        assert_eq!(count(json!({"type": "event", "_code": [{"_value": EVENT, "_ver": 1}]})).await, 1);
        assert_eq!(count(json!({"type": "event", "_code": [{"_value": EVENT, "_ver": 0}]})).await, 1);
        assert_eq!(count(json!({"type": "event", "_code": [{"_value": EVENT, "_ver": 2}]})).await, 0);
        assert_eq!(count(json!({"type": "thing", "_code": [{"_value": THING, "_ver": 1}, {"_value": 1, "_ver": 1}]})).await, 1);
        assert_eq!(count(json!({"type": "thing", "identifier": [event]})).await, 0);
        assert_eq!(count(json!({"type": "thing", "identifier": [thing]})).await, 1);
        assert_eq!(count(json!({"type": "event", "app": {"_value": APP + 1}})).await, 0);
        let day = |start: &str, end: &str| json!({"type": "event", "updatedAt": {"start": format!("2026-01-{start}T00:00:00.000+0900"), "end": format!("2026-01-{end}T00:00:00.000+0900")}});
        assert_eq!(count(day("01", "03")).await, 1);
        assert_eq!(count(day("03", "04")).await, 0);
        bench.advance(TimeDelta::days(2));
        crate::world::post(&bench, &format!("/book-operate/thing/u1/{event}"), crate::world::new_thing()).await;
        assert_eq!(count(day("03", "05")).await, 1, "an event is as new as its newest thing");
    }

    async fn what_was_deleted_is_not_read(database: Database) {
        let bench = block(database).await;
        let (event, _) = event_with_thing(&bench).await;
        delete(&bench, &format!("/book-operate/event/u1/{event}")).await;
        assert_eq!(search(&bench, json!({"identifier": []})).await.status, 204);
    }

    async fn bad_searches_are_refused(database: Database) {
        let bench = block(database).await;
        for (changes, named) in [
            (json!({}), "identifier"),
            (json!({"type": "book"}), "type"),
            (json!({"type": "event", "app": null}), "app"),
            (json!({"type": "event", "userId": ""}), "userId"),
            (json!({"type": "event", "wf": {"_value": 1}}), "wf"),
            (json!({"type": "event", "updatedAt": {"start": "2026-01-01", "end": null}}), "start"),
            (json!({"identifier": [""]}), "0"),
        ] {
            let reply = search(&bench, changes.clone()).await;
            assert_eq!(reply.status, 400, "{changes}");
            assert_eq!(reply.refused_fields().first(), Some(&named), "{changes}");
        }
        let without = bench.post("/book-operate/book/search").json(json!({"userId": "u1", "type": "event", "app": {"_value": APP}}));
        assert_eq!(without.send().await.status, 401);
        let empty = bench.post("/book-operate/book/search").session(&individual()).json(json!({})).send().await;
        assert_eq!(empty.status, 400);
    }
}
