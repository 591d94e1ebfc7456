//! Registering notifications.

use serde_json::{Value, json};
use testkit::{Bench, application, individual, member, on_both_databases};

use super::*;

const PATH: &str = "/book-manage/store-event";

fn registration(notification: i64, share: i64) -> Value {
    json!({"type": "store-event", "notificateCatalog": code(notification), "shareCode": code(share), "shareUUID": [ELEMENT]})
}

async fn standing(bench: &Bench) -> Vec<String> {
    let what = "store_event_notificate_catalog_code || '/' || store_event_notificate_catalog_version || ' of ' || share_catalog_code";
    bench.texts(what, "store_event_notificate where is_disabled = false order by id").await
}

on_both_databases! {
    async fn a_notification_is_registered_with_its_sources(database: Database) {
        let bench = residents_with(database, catalog_with(json!([code(STORING), code(403)]))).await;
        let reply = post(&bench, &member(), PATH, registration(801, SHARE)).await;
        assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));
        assert_eq!(standing(&bench).await, ["801/1 of 702"]);
        let kind = "coalesce(document_catalog_code, event_catalog_code, thing_catalog_code)";
        assert_eq!(bench.texts(kind, "share_source_datatype order by id").await, ["10", "20", "32"]);
        assert_eq!(bench.texts("actor_catalog_code", "share_source_source order by id").await, ["401", "403"].repeat(3));
    }

    async fn data_that_anybody_may_have_stored_have_no_sources(database: Database) {
        let bench = residents_with(database, catalog_with(json!([]))).await;
        assert_eq!(post(&bench, &member(), PATH, registration(801, SHARE)).await.status, 200);
        assert_eq!((standing(&bench).await.len(), bench.count("share_source_datatype").await), (1, 0));
    }

    async fn registering_again_replaces_only_the_same_pair(database: Database) {
        let bench = residents_with(database, catalog_with(json!([code(STORING)]))).await;
        let neighbours = bench.neighbours.clone();
        drop(neighbours.answers_item(703, version(703, 1, json!({"share": [element(ELEMENT, &Value::Null)]}))));
        for share in [SHARE, 703] {
            assert_eq!(post(&bench, &member(), PATH, registration(801, share)).await.status, 200);
        }
        let mut newer = registration(801, SHARE);
        newer["notificateCatalog"]["_ver"] = json!("2");
        assert_eq!(post(&bench, &member(), PATH, newer).await.status, 200);
        assert_eq!(standing(&bench).await, ["801/1 of 703", "801/2 of 702"]);
        assert_eq!(bench.count("share_source_datatype where is_disabled = false").await, 3);
        assert_eq!(bench.count("share_source_source where is_disabled = true").await, 3);
    }

    async fn an_unknown_definition_registers_nothing(database: Database) {
        let bench = residents(database).await;
        let unknown = http::Method::GET;
        drop(bench.neighbours.clone().refuses(vocabulary::ServiceName::Catalog, unknown, "/catalog/999/1", 404, Value::Null));
        assert_eq!(post(&bench, &member(), PATH, registration(801, 999)).await.status, 404);
        assert_eq!(standing(&bench).await.len(), 0);
    }

    async fn only_members_register(database: Database) {
        let bench = residents(database).await;
        for session in [individual(), application()] {
            assert_eq!(post(&bench, &session, PATH, registration(801, SHARE)).await.status, 401);
        }
        assert_eq!(bench.post(PATH).json(registration(801, SHARE)).send().await.status, 401);
        // The test block is the root; other actors register for their own definitions.
        assert_eq!(post(&bench, &of_actor(&member(), STORING), PATH, registration(801, SHARE)).await.status, 401);
        assert_eq!(post(&bench, &of_actor(&member(), RECEIVING), PATH, registration(801, SHARE)).await.status, 200);
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = residents(database).await;
        let reply = post(&bench, &member(), PATH, json!({"type": "", "shareCode": {}, "shareUUID": ["x"]})).await;
        assert_eq!((reply.status, reply.refused_fields()), (400, vec!["type", "notificateCatalog", "_value", "_ver", "0"]));
        for body in [json!({}), json!([])] {
            assert_eq!(post(&bench, &member(), PATH, body).await.status, 400);
        }
    }
}
