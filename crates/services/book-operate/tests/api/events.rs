use serde_json::{Value, json};
use testkit::{application, individual, member, on_both_databases};

use crate::world::{
    APP, EVENT, add_user, block, delete, event_with_thing, new_event, new_thing, other_application, post,
    put, stored, told, with,
};

on_both_databases! {
    async fn an_event_is_stored_as_it_came_with_an_identifier(database: Database) {
        let bench = block(database).await;
        let reply = post(&bench, "/book-operate/event/u1", new_event()).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let id = reply.body["id"]["value"].as_str().unwrap();
        assert_eq!(reply.body, with(new_event(), id, json!({})));
        let template = bench.text("template", "event").await;
        assert_eq!(serde_json::from_str::<Value>(&template).unwrap(), reply.body);
        assert_eq!(bench.text("event_start_at", "event").await.get(..19), Some("2026-01-01 00:00:00"));
        let columns = bench.text("\"1_1\" || ' ' || \"3_1_1\" || ' ' || \"3_1_2_1\"", "cmatrix_event").await;
        assert_eq!(columns, format!("u1 {id} {EVENT}"));
        assert!(told(&bench).is_empty(), "an event without things is nothing to the ledger");
    }

    async fn codes_may_be_texts_and_stay_texts_in_what_is_kept(database: Database) {
        let bench = block(database).await;
        let code = json!({"index": "3_1_2", "value": {"_value": "1000008", "_ver": "1"}});
        let reply = post(&bench, "/book-operate/event/u1", with_null(json!({"code": code}))).await;
        assert_eq!((reply.status, &reply.body["code"]["value"]["_value"]), (200, &json!("1000008")));
        assert_eq!(bench.text("event_catalog_code", "event").await, "1000008");
    }

    async fn nothing_is_stored_for_somebody_who_is_no_user_of_the_application(database: Database) {
        let bench = block(database).await;
        add_user(&bench, "u2", APP + 1).await;
        for user in ["nobody", "u2"] {
            let reply = post(&bench, &format!("/book-operate/event/{user}"), new_event()).await;
            assert_eq!(reply.status, 404, "{user}");
        }
        assert_eq!(bench.count("event").await + bench.count("cmatrix_event").await, 0);
    }

    async fn nothing_is_stored_by_or_in_the_name_of_another_application(database: Database) {
        let bench = block(database).await;
        let other = other_application();
        let reply = bench.post("/book-operate/event/u1").session(&other).json(new_event()).send().await;
        assert_eq!(reply.status, 400, "the item says it is another application's");
        let mut own = new_event();
        own["app"]["app"]["value"]["_value"] = json!(APP + 1);
        let reply = bench.post("/book-operate/event/u1").session(&other).json(own).send().await;
        assert_eq!(reply.status, 404, "the user is not one of this application");
        let mut foreign = new_event();
        foreign["app"]["code"]["value"]["_value"] = json!(9);
        assert_eq!(post(&bench, "/book-operate/event/u1", foreign).await.status, 400, "another actor");
        assert_eq!(bench.count("event").await, 0);
    }

    async fn only_applications_store_change_and_delete(database: Database) {
        let bench = block(database).await;
        let (event, _) = event_with_thing(&bench).await;
        for session in [individual(), member()] {
            let add = bench.post("/book-operate/event/u1").session(&session).json(new_event()).send().await;
            let path = format!("/book-operate/event/u1/{event}");
            let changed = with(new_event(), &event, json!({}));
            let change = bench.put(&path).session(&session).json(changed).send().await;
            let delete = bench.delete(&path).session(&session).send().await;
            assert_eq!([add.status, change.status, delete.status], [401; 3]);
        }
        let without = bench.post("/book-operate/event/u1").json(new_event()).send().await;
        assert_eq!(without.status, 401);
        assert_eq!(bench.count("event where not is_disabled").await, 1);
    }

    async fn an_ambiguous_book_is_refused(database: Database) {
        let bench = block(database).await;
        add_user(&bench, "u1", APP).await;
        assert_eq!(post(&bench, "/book-operate/event/u1", new_event()).await.status, 400);
    }

    async fn bad_input_is_refused_with_the_name_of_the_member(database: Database) {
        let bench = block(database).await;
        for (body, names) in [
            (with_null(json!({"start": {"value": "never"}})), vec!["value"]),
            (with_null(json!({"code": null, "app": null})), vec!["code", "app"]),
            (with_null(json!({"wf": {"code": 1}})), vec!["wf"]),
            (with(new_event(), "x", json!({})), vec!["id"]),
        ] {
            let reply = post(&bench, "/book-operate/event/u1", body).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, names));
        }
        for text in ["", "{}", "[]", "[1]", "7", "null", "{\"a\":", "\"x\""] {
            let request = bench.post("/book-operate/event/u1").session(&application()).text(text);
            assert_eq!(request.send().await.status, 400, "{text}");
        }
        assert_eq!(bench.count("event").await, 0);
    }

    async fn a_change_reaches_columns_template_and_every_hash(database: Database) {
        let bench = block(database).await;
        let (event, thing) = event_with_thing(&bench).await;
        let before = bench.text("row_hash", "cmatrix_thing").await;
        let location = json!({"index": "3_3_1", "value": "gym"});
        let changed = with(new_event(), &event, json!({"location": location, "more": {"index": "3_9", "value": [1]}}));
        let reply = put(&bench, &format!("/book-operate/event/u1/{event}"), changed.clone()).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.body["thing"][0]["sourceId"], json!("t1"));
        assert_eq!(bench.text("event_outbreak_position", "event").await, "gym");
        assert_eq!(bench.text("\"3_3_1\"", "cmatrix_event").await, "gym");
        let after = bench.text("row_hash", "cmatrix_thing").await;
        assert_ne!(before, after);
        let floating = bench.texts("index_key || value", "cmatrix_floating_column where not is_disabled order by id").await;
        assert_eq!(floating, ["4_2_2_112.0", "3_9[1]"]);
        let update = &told(&bench)[1]["update"][0];
        assert_eq!(update["thing"][0]["4_1_1"], json!(thing));
        assert_eq!(update["thing"][0]["rowHash"], json!(after));
        assert_eq!(update["event"]["3_2_1"], json!("2026-01-01T09:00:00.000+0900"));

        let by_source = put(&bench, "/book-operate/event/u1?eventSourceId=s1", changed).await;
        assert_eq!(by_source.status, 200);
    }

    async fn what_says_what_an_event_is_cannot_change(database: Database) {
        let bench = block(database).await;
        let event = stored(&bench, "/book-operate/event/u1", new_event()).await;
        let path = format!("/book-operate/event/u1/{event}");
        let other_code = json!({"index": "3_1_2", "value": {"_value": EVENT + 1, "_ver": 1}});
        for changed in [
            with(new_event(), "another", json!({})),
            with(new_event(), &event, json!({"code": other_code})),
        ] {
            assert_eq!(put(&bench, &path, changed).await.status, 400);
        }
        for path in ["/book-operate/event/u1/unknown", "/book-operate/event/u2/x", "/book-operate/event/u1?eventSourceId=x"] {
            assert_eq!(put(&bench, path, with(new_event(), &event, json!({}))).await.status, 404, "{path}");
        }
        for path in ["/book-operate/event/u1", "/book-operate/event/u1?eventSourceId="] {
            assert_eq!(put(&bench, path, with(new_event(), &event, json!({}))).await.status, 400, "{path}");
        }
    }

    async fn another_application_neither_changes_nor_deletes(database: Database) {
        let bench = block(database).await;
        let event = stored(&bench, "/book-operate/event/u1", new_event()).await;
        let (path, other) = (format!("/book-operate/event/u1/{event}"), other_application());
        let change = bench.put(&path).session(&other).json(with(new_event(), &event, json!({}))).send().await;
        let delete = bench.delete(&path).session(&other).send().await;
        assert_eq!([change.status, delete.status], [404, 404]);
    }

    async fn a_deleted_event_takes_its_things_with_it_and_the_ledger_hears_of_it(database: Database) {
        let bench = block(database).await;
        let (event, thing) = event_with_thing(&bench).await;
        let reply = delete(&bench, &format!("/book-operate/event/u1/{event}")).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let record = &reply.body["event"][0];
        assert_eq!((&record["eventIdentifier"], &record["isDisabled"]), (&json!(event), &json!(false)));
        assert_eq!(record["eventStartAt"], json!("2026-01-01T00:00:00.000Z"));
        assert!(record["template"].is_string());
        for table in ["event", "thing", "cmatrix_event", "cmatrix_thing", "cmatrix_floating_column"] {
            assert_eq!(bench.count(&format!("{table} where not is_disabled")).await, 0, "{table}");
        }
        let gone = json!([{"1_1": "u1", "document": [], "event": {"3_1_1": event}, "thing": [{"4_1_1": thing}]}]);
        assert_eq!(told(&bench)[1]["delete"], gone);
        assert_eq!(delete(&bench, &format!("/book-operate/event/u1/{event}")).await.status, 404);
        let reply = post(&bench, &format!("/book-operate/thing/u1/{event}"), new_thing()).await;
        assert_eq!(reply.status, 404);
    }

    async fn all_events_with_a_source_id_are_deleted(database: Database) {
        let bench = block(database).await;
        for _ in 0..2 {
            stored(&bench, "/book-operate/event/u1", new_event()).await;
        }
        let ambiguous = put(&bench, "/book-operate/event/u1?eventSourceId=s1", with(new_event(), "x", json!({}))).await;
        assert_eq!(ambiguous.status, 404, "which one is not said");
        let reply = delete(&bench, "/book-operate/event/u1?eventSourceId=s1").await;
        assert_eq!(reply.body["event"].as_array().map(Vec::len), Some(2));
    }

    async fn where_applications_keep_the_data_only_columns_and_hashes_are_stored(database: Database) {
        let settings = book_operate::Settings { outer_block_store: true, ..Default::default() };
        let bench = crate::world::empty_block(database, crate::world::neighbours(), settings).await;
        add_user(&bench, "u1", APP).await;
        let (event, _) = event_with_thing(&bench).await;
        let changed = with(new_event(), &event, json!({"more": {"index": "3_9", "value": 1}}));
        assert_eq!(put(&bench, &format!("/book-operate/event/u1/{event}"), changed).await.status, 200);
        assert_eq!(bench.count("event where template is not null").await, 0);
        assert_eq!(bench.count("thing where template is not null").await, 0);
        assert_eq!(bench.count("cmatrix_floating_column").await, 0);
        assert_eq!(bench.text("length(row_hash)", "cmatrix_thing").await, "64");
    }
}

fn with_null(changes: Value) -> Value {
    let mut item = new_event();
    for (key, value) in changes.as_object().into_iter().flatten() {
        item[key] = value.clone();
    }
    item
}
