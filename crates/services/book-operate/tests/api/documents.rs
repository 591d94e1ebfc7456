use serde_json::{Value, json};
use testkit::{Bench, individual, on_both_databases};

use crate::world::{
    DOCUMENT, block, delete, event_with_thing, new_document, other_application, post, put, stored, told, with,
};

fn one_chapter(events: &[&str]) -> Value {
    json!([{"title": "spring", "event": events, "sourceId": []}])
}

async fn read(bench: &Bench) -> Value {
    let body = json!({"userId": "u1", "type": "document", "app": {"_value": 1000500}});
    post(bench, "/book-operate/book/search", body).await.body
}

on_both_databases! {
    async fn a_document_is_stored_with_its_chapters_and_told_with_its_events(database: Database) {
        let bench = block(database).await;
        let (event, thing) = event_with_thing(&bench).await;
        let chapters = json!([{"title": "spring", "event": [event], "sourceId": []},
                              {"title": "summer", "event": [], "sourceId": ["s1"]}]);
        let reply = post(&bench, "/book-operate/document/u1", new_document(chapters.clone())).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let id = reply.body["id"]["value"].as_str().unwrap();
        assert_eq!(reply.body, with(new_document(chapters), id, json!({})));
        let add = &told(&bench)[1]["add"];
        assert_eq!(add.as_array().map(Vec::len), Some(1), "an event that is in two chapters is told once");
        assert_eq!(add[0]["document"][0]["2_n_1_1"], json!(id));
        assert_eq!(add[0]["document"][0]["2_n_2_1"], json!("2026-01-01T10:00:00.000+0900"));
        assert_eq!(add[0]["thing"][0]["4_1_1"], json!(thing));
        let shown = &read(&bench).await[0];
        assert_eq!(shown["createAt"]["value"], json!("2026-01-01T10:00:00.000+0900"));
        let own = |title: &str| json!({"title": title, "event": [event], "sourceId": ["s1"]});
        assert_eq!(shown["chapter"], json!([own("spring"), own("summer")]));
    }

    async fn a_document_that_names_an_unknown_event_is_not_stored(database: Database) {
        let bench = block(database).await;
        let (event, _) = event_with_thing(&bench).await;
        let reply = post(&bench, "/book-operate/document/u1", new_document(one_chapter(&[&event, "unknown"]))).await;
        assert_eq!(reply.status, 400);
        for table in ["document", "document_event_set_relation", "event_set_event_relation", "cmatrix_2_n"] {
            assert_eq!(bench.count(table).await, 0, "{table}");
        }
    }

    async fn bad_documents_are_refused_with_the_name_of_the_member(database: Database) {
        let bench = block(database).await;
        for (member, value, named) in [
            ("chapter", Value::Null, "chapter"),
            ("chapter", json!({}), "chapter"),
            ("chapter", json!([{"event": []}]), "title"),
            ("chapter", json!([{"title": "t", "event": null}]), "event"),
            ("createdAt", json!({"index": "2_2_1", "value": "never"}), "value"),
            ("code", json!({"value": {"_value": 1, "_ver": 1}}), "code"),
            ("sourceId", Value::Null, "sourceId"),
        ] {
            let mut document = new_document(json!([]));
            document[member] = value;
            let reply = post(&bench, "/book-operate/document/u1", document).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, vec![named]));
        }
    }

    async fn only_the_application_of_the_user_handles_documents(database: Database) {
        let bench = block(database).await;
        let (event, _) = event_with_thing(&bench).await;
        let id = stored(&bench, "/book-operate/document/u1", new_document(one_chapter(&[&event]))).await;
        let path = format!("/book-operate/document/u1/{id}");
        let document = with(new_document(one_chapter(&[&event])), &id, json!({}));
        let other = other_application();
        assert_eq!(bench.put(&path).session(&other).json(document.clone()).send().await.status, 404);
        assert_eq!(bench.delete(&path).session(&other).send().await.status, 404);
        assert_eq!(bench.delete(&path).session(&individual()).send().await.status, 401);
        let nobody = post(&bench, "/book-operate/document/u2", new_document(json!([]))).await;
        assert_eq!(nobody.status, 404);
    }

    async fn a_change_makes_the_chapters_those_of_the_request(database: Database) {
        let bench = block(database).await;
        let (first, _) = event_with_thing(&bench).await;
        let (second, _) = event_with_thing(&bench).await;
        let id = stored(&bench, "/book-operate/document/u1", new_document(one_chapter(&[&first]))).await;
        let chapters = json!([{"title": "autumn", "event": [second, "gone"], "sourceId": []}]);
        let created = json!({"index": "2_2_1", "value": "2026-01-01T11:00:00.000+0900"});
        let changed = with(new_document(chapters), &id, json!({"createdAt": created}));
        let reply = put(&bench, &format!("/book-operate/document/u1/{id}"), changed.clone()).await;
        assert_eq!((reply.status, &reply.body), (200, &changed));
        let shown = &read(&bench).await[0];
        assert_eq!(shown["chapter"], json!([{"title": "autumn", "event": [second], "sourceId": ["s1"]}]));
        assert_eq!(shown["createAt"]["value"], json!("2026-01-01T11:00:00.000+0900"));
        let told = told(&bench).pop().unwrap();
        assert_eq!(told["update"][0]["event"]["3_1_1"], json!(second));
        let gone = json!([{"1_1": "u1", "document": [{"2_n_1_1": id}], "event": {"3_1_1": first}, "thing": []}]);
        assert_eq!(told["delete"], gone, "the event that is no longer held loses the document, not its things");

        let other_code = json!({"index": "2_1_2", "value": {"_value": DOCUMENT + 1, "_ver": 1}});
        let other = with(new_document(json!([])), &id, json!({"code": other_code}));
        assert_eq!(put(&bench, "/book-operate/document/u1?documentSourceId=d1", other).await.status, 400);
    }

    async fn a_deleted_document_leaves_its_events(database: Database) {
        let bench = block(database).await;
        let (event, _) = event_with_thing(&bench).await;
        let id = stored(&bench, "/book-operate/document/u1", new_document(one_chapter(&[&event]))).await;
        let reply = delete(&bench, &format!("/book-operate/document/u1/{id}")).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.body["document"][0]["docIdentifier"], json!(id));
        let gone = json!([{"1_1": "u1", "document": [{"2_n_1_1": id}], "event": {"3_1_1": event}, "thing": []}]);
        assert_eq!(told(&bench).pop().unwrap()["delete"], gone);
        assert_eq!(bench.count("event where not is_disabled").await, 1);
        assert_eq!(bench.count("cmatrix_2_n_relation where not is_disabled").await, 0);
        assert_eq!(delete(&bench, &format!("/book-operate/document/u1/{id}")).await.status, 404);
    }

    async fn a_document_survives_its_deleted_event(database: Database) {
        let bench = block(database).await;
        let (first, _) = event_with_thing(&bench).await;
        let (second, _) = event_with_thing(&bench).await;
        let id = stored(&bench, "/book-operate/document/u1", new_document(one_chapter(&[&first, &second]))).await;
        assert_eq!(delete(&bench, &format!("/book-operate/event/u1/{first}")).await.status, 200);
        assert_eq!(read(&bench).await[0]["chapter"][0]["event"], json!([second]));
        assert_eq!(bench.count("cmatrix_2_n where not is_disabled").await, 1);
        assert_eq!(delete(&bench, &format!("/book-operate/document/u1/{id}")).await.status, 200);
    }
}
