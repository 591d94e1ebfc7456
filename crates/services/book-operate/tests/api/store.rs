use serde_json::json;
use testkit::{application, individual, member, on_both_databases};

use crate::world::{
    APP, Root, actor, block, block_with, event_with_thing, neighbours, new_document, new_event, stored, told,
};

on_both_databases! {
    async fn everything_that_an_application_stored_about_a_user_is_removed(database: Database) {
        let bench = block(database).await;
        let (event, thing) = event_with_thing(&bench).await;
        let chapters = json!([{"title": "t", "event": [event], "sourceId": []}]);
        let document = stored(&bench, "/book-operate/document/u1", new_document(chapters)).await;
        let path = format!("/book-operate/store/u1?app={APP}&physicalDelete=false");
        let reply = bench.delete(&path).session(&member()).send().await;
        assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));
        for table in ["event", "thing", "document", "document_event_set_relation", "event_set_event_relation",
                      "cmatrix_event", "cmatrix_thing", "cmatrix_floating_column", "cmatrix_2_n", "cmatrix_2_n_relation"] {
            assert_eq!(bench.count(&format!("{table} where not is_disabled")).await, 0, "{table}");
        }
        assert_eq!(bench.count("my_condition_book where not is_disabled").await, 1, "the book stays");
        let gone = json!([{"1_1": "u1", "document": [{"2_n_1_1": document}], "event": {"3_1_1": event}, "thing": [{"4_1_1": thing}]}]);
        assert_eq!(told(&bench).pop().unwrap()["delete"], gone);
        assert_eq!(bench.delete(&path).session(&member()).send().await.status, 404);
    }

    async fn physically_means_from_the_database(database: Database) {
        let bench = block(database).await;
        event_with_thing(&bench).await;
        let path = format!("/book-operate/store/u1?app={APP}&physicalDelete=true");
        assert_eq!(bench.delete(&path).session(&member()).send().await.status, 200);
        assert_eq!(bench.count("event").await + bench.count("thing").await, 0);
        assert_eq!(bench.count("cmatrix_event").await, 1, "what the ledger was told of is only disabled");
    }

    async fn an_event_alone_is_enough(database: Database) {
        let bench = block(database).await;
        stored(&bench, "/book-operate/event/u1", new_event()).await;
        let path = format!("/book-operate/store/u1?app={APP}");
        assert_eq!(bench.delete(&path).session(&member()).send().await.status, 200);
    }

    async fn only_members_of_application_providers_remove(database: Database) {
        let region = neighbours().at_root(http::Method::GET, "/catalog/1000431", 200, actor("region-root"));
        let bench = block_with(database, region).await;
        event_with_thing(&bench).await;
        let path = format!("/book-operate/store/u1?app={APP}");
        for session in [member(), application(), individual()] {
            assert_eq!(bench.delete(&path).session(&session).send().await.status, 401);
        }
        assert_eq!(bench.count("event where not is_disabled").await, 1);
    }

    async fn what_is_to_go_must_be_said_clearly(database: Database) {
        let bench = block(database).await;
        for query in ["", "?app=", "?app=x", "?app=1&wf=2", "?app=1&physicalDelete=perhaps"] {
            let request = bench.delete(&format!("/book-operate/store/u1{query}")).session(&member());
            assert_eq!(request.send().await.status, 400, "{query}");
        }
        let reply = bench.delete("/book-operate/store/u1?app=1").session(&member()).send().await;
        assert_eq!(reply.status, 404);
    }

    async fn the_news_of_stored_data_is_taken_from_applications(database: Database) {
        let bench = block(database).await;
        let code = json!({"_value": 5, "_ver": 1});
        let news = json!({"type": "store-event", "operate": "add", "userId": "u1", "identifier": "e1", "event": code,
                          "sourceActor": code, "sourceApp": code, "sourceWf": null, "destinationActor": code,
                          "destinationApp": code, "destinationWf": null, "trigger": code});
        let send = async |body: serde_json::Value| bench.post("/book-operate/store-event/receive").session(&application()).json(body).send().await;
        let reply = send(news.clone()).await;
        assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));
        for (member, value, named) in [
            ("type", json!("other"), "type"),
            ("operate", json!(""), "operate"),
            ("sourceApp", json!(null), "sourceApp"),
            ("destinationActor", json!({"_value": 1}), "_ver"),
            ("sourceWf", code.clone(), "sourceWf"),
        ] {
            let mut broken = news.clone();
            broken[member] = value;
            let reply = send(broken).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, vec![named]));
        }
        let resident = bench.post("/book-operate/store-event/receive").session(&individual()).json(news);
        assert_eq!(resident.send().await.status, 401);
    }
}
