use serde_json::{Value, json};
use testkit::{application, individual, member, on_both_databases};

use crate::world::{
    APP, THING, block, delete, event_with_thing, new_event, new_thing, other_application, post, put, stored,
    told, with,
};

on_both_databases! {
    async fn a_thing_is_stored_with_its_hash_and_the_ledger_hears_of_it(database: Database) {
        let bench = block(database).await;
        let event = stored(&bench, "/book-operate/event/u1", new_event()).await;
        let reply = post(&bench, &format!("/book-operate/thing/u1/{event}"), new_thing()).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let id = reply.body["id"]["value"].as_str().unwrap().to_owned();
        assert_eq!(reply.body, with(new_thing(), &id, json!({})));
        let hash = bench.text("row_hash", "cmatrix_thing").await;
        assert_eq!(hash.len(), 64);
        let add = &told(&bench)[0]["add"][0];
        assert_eq!(add["1_1"], json!("u1"));
        assert_eq!(add["document"], json!([]));
        assert_eq!(add["event"]["3_1_1"], json!(event));
        let expected = json!([{
            "4_1_1": id, "4_1_2_1": THING, "4_1_2_2": 1, "4_4_1_1": 1000431, "4_4_1_2": 1, "4_4_2_1": 0,
            "4_4_2_2": 0, "4_4_5_1": APP, "4_4_5_2": 1, "rowHash": hash,
            "rowHashCreateAt": "2026-01-01T18:04:05.000Z"
        }]);
        assert_eq!(add["thing"], expected);
        assert_eq!(bench.count("ctoken_outbox").await, 0, "what was accepted is forgotten");
    }

    async fn several_things_are_stored_at_once_or_not_at_all(database: Database) {
        let bench = block(database).await;
        let event = stored(&bench, "/book-operate/event/u1", new_event()).await;
        let path = format!("/book-operate/thing/bulk/u1/{event}");
        let second = with_changes(json!({"sourceId": "t2"}));
        let reply = post(&bench, &path, json!([new_thing(), second])).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let sources: Vec<_> = reply.body.as_array().unwrap().iter().map(|thing| thing["sourceId"].clone()).collect();
        assert_eq!(sources, [json!("t1"), json!("t2")]);
        assert_eq!(told(&bench).len(), 1);
        assert_eq!(told(&bench)[0]["add"][0]["thing"].as_array().map(Vec::len), Some(2));

        let broken = with_changes(json!({"code": {"value": "x"}}));
        assert_eq!(post(&bench, &path, json!([new_thing(), broken])).await.status, 400);
        for body in [json!([]), json!({}), json!([1]), json!([{}])] {
            assert_eq!(post(&bench, &path, body).await.status, 400);
        }
        assert_eq!(bench.count("thing").await, 2);
    }

    async fn many_things_are_stored_in_few_statements(database: Database) {
        let bench = block(database).await;
        let event = stored(&bench, "/book-operate/event/u1", new_event()).await;
        let things: Vec<Value> = (0..900).map(|n| with_changes(json!({"sourceId": format!("s{n}")}))).collect();
        let reply = post(&bench, &format!("/book-operate/thing/bulk/u1/{event}"), json!(things)).await;
        assert_eq!(reply.status, 200);
        for (answered, sent) in reply.body.as_array().unwrap().iter().zip(&things) {
            assert_eq!(answered["sourceId"], sent["sourceId"]);
        }
        assert_eq!(bench.count("cmatrix_floating_column").await, 900);
    }

    async fn a_thing_of_an_unknown_or_foreign_event_is_refused(database: Database) {
        let bench = block(database).await;
        let event = stored(&bench, "/book-operate/event/u1", new_event()).await;
        for path in ["u1/00000000-0000-4000-8000-000000000000", &format!("u2/{event}")] {
            assert_eq!(post(&bench, &format!("/book-operate/thing/{path}"), new_thing()).await.status, 404);
        }
        let path = format!("/book-operate/thing/u1/{event}");
        let foreign = bench.post(&path).session(&other_application()).json(new_thing()).send().await;
        assert_eq!(foreign.status, 400);
        let mut own = new_thing();
        own["app"]["app"]["value"]["_value"] = json!(APP + 1);
        let foreign = bench.post(&path).session(&other_application()).json(own).send().await;
        assert_eq!(foreign.status, 404);
        for session in [individual(), member()] {
            assert_eq!(bench.post(&path).session(&session).json(new_thing()).send().await.status, 401);
        }
        assert_eq!(bench.count("thing").await + told(&bench).len(), 0);
    }

    async fn a_changed_thing_gets_a_new_hash_over_its_new_members(database: Database) {
        let bench = block(database).await;
        let (event, thing) = event_with_thing(&bench).await;
        let before = bench.text("row_hash", "cmatrix_thing").await;
        let changed = with(new_thing(), &thing, json!({"steps": {"index": "4_2_2_1", "value": 13}}));
        let path = format!("/book-operate/thing/u1/{event}/{thing}");
        let reply = put(&bench, &path, changed.clone()).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.body["thing"][0]["_code"], json!({"_value": THING, "_ver": 1}));
        let after = bench.text("row_hash", "cmatrix_thing").await;
        assert_ne!(before, after);
        assert_eq!(told(&bench)[1]["update"][0]["thing"][0]["rowHash"], json!(after));
        let floating = bench.texts("value", "cmatrix_floating_column where not is_disabled").await;
        assert_eq!(floating, ["13"]);

        assert_eq!(put(&bench, &format!("/book-operate/thing/u1/{event}?thingSourceId=t1"), changed).await.status, 200);
        assert_eq!(bench.text("row_hash", "cmatrix_thing").await, after, "the same members, the same hash");
        let other = with(new_thing(), "another", json!({}));
        assert_eq!(put(&bench, &path, other).await.status, 400);
        let unknown = format!("/book-operate/thing/u1/{event}/unknown");
        assert_eq!(put(&bench, &unknown, with(new_thing(), &thing, json!({}))).await.status, 404);
        let neither = format!("/book-operate/thing/u1/{event}");
        assert_eq!(put(&bench, &neither, with(new_thing(), &thing, json!({}))).await.status, 400);
    }

    async fn a_deleted_thing_is_gone_and_the_ledger_hears_of_it(database: Database) {
        let bench = block(database).await;
        let (event, thing) = event_with_thing(&bench).await;
        let path = format!("/book-operate/thing/u1/{event}/{thing}");
        let foreign = bench.delete(&path).session(&other_application()).send().await;
        assert_eq!(foreign.status, 404);
        let reply = delete(&bench, &path).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let record = &reply.body["thing"][0];
        assert!(record["template"].is_object());
        assert_eq!(record["createdAt"], json!("2026-01-02T03:04:05.000+0900"));
        assert_eq!(told(&bench)[1]["delete"][0]["thing"], json!([{"4_1_1": thing}]));
        assert_eq!(bench.count("cmatrix_thing where not is_disabled").await, 0);
        assert_eq!(bench.count("event where not is_disabled").await, 1);
        assert_eq!(delete(&bench, &path).await.status, 404);
    }

    async fn members_that_no_column_can_hold_are_refused(database: Database) {
        let bench = block(database).await;
        let event = stored(&bench, "/book-operate/event/u1", new_event()).await;
        let path = format!("/book-operate/thing/u1/{event}");
        for (name, member) in [
            ("steps", json!({"index": "4_2", "value": "a\u{0}b"})),
            ("steps", json!({"index": "x".repeat(256), "value": 1})),
            ("sourceId", json!("x".repeat(256))),
        ] {
            let mut thing = new_thing();
            thing[name] = member;
            let reply = post(&bench, &path, thing).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, vec![name]));
        }
        let text = bench.post(&path).session(&application()).text("{\"id\":").send().await;
        assert_eq!(text.status, 400);
    }

    async fn two_changes_at_once_come_one_after_the_other(database: Database) {
        let bench = block(database).await;
        let (event, thing) = event_with_thing(&bench).await;
        let path = format!("/book-operate/thing/u1/{event}/{thing}");
        let change = |value: i64| {
            put(&bench, &path, with(new_thing(), &thing, json!({"steps": {"index": "4_2_2_1", "value": value}})))
        };
        let (a, b, c) = tokio::join!(change(1), change(2), change(3));
        assert_eq!([a.status, b.status, c.status], [200; 3]);
        assert_eq!(bench.count("cmatrix_floating_column where not is_disabled").await, 1);
        let last = &told(&bench)[3]["update"][0]["thing"][0]["rowHash"];
        assert_eq!(*last, json!(bench.text("row_hash", "cmatrix_thing").await), "the ledger hears the last one last");
    }
}

fn with_changes(changes: Value) -> Value {
    let mut thing = new_thing();
    for (key, value) in changes.as_object().into_iter().flatten() {
        thing[key] = value.clone();
    }
    thing
}
