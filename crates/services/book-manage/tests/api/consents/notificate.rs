//! Telling applications that data were stored.

use http::Method;
use serde_json::{Value, json};
use testkit::{Bench, Database, individual, member, on_both_databases};
use vocabulary::ServiceName;

use super::*;

const PATH: &str = "/book-manage/store-event/notificate";
const EVENT_ID: &str = "fedc51ce-2efd-4ade-9bbe-45dc445ae9c7";
const THING_ID: &str = "fedc51ce-2efd-4ade-9bbe-45dc445ae9c6";

/// An event with one thing, stored by the storing actor's application.
fn element_of(user: &str) -> Value {
    json!({"1_1": user, "document": [],
        "event": {"3_1_1": EVENT_ID, "3_1_2_1": EVENT, "3_1_2_2": 1, "3_2_1": "2026-01-01T00:00:00.000+0900", "3_2_2": null,
                  "3_5_1_1": STORING, "3_5_1_2": 1, "3_5_2_1": null, "3_5_2_2": null, "3_5_5_1": STORING_APP, "3_5_5_2": 1},
        "thing": [{"4_1_1": THING_ID, "4_1_2_1": THING, "4_1_2_2": 1, "4_4_1_1": STORING, "4_4_1_2": 1, "4_4_5_1": STORING_APP,
                   "4_4_5_2": 1, "rowHash": "h", "rowHashCreateAt": "2026-01-01T00:00:00.000+0900"}]})
}

fn added(user: &str) -> Value {
    json!({"add": [element_of(user)], "update": [], "delete": []})
}

/// The first resident agreed to share with the receiving application, which wants to be told.
async fn subscribed(database: Database, neighbours: Neighbours) -> Bench {
    let bench = residents_with(database, neighbours).await;
    agree_to_share(&bench, "pxr-1", share_wish()).await;
    agree_to_store(&bench, "pxr-1", store_wish()).await;
    let registration = json!({"type": "store-event", "notificateCatalog": code(801), "shareCode": code(SHARE), "shareUUID": [ELEMENT]});
    assert_eq!(post(&bench, &member(), "/book-manage/store-event", registration).await.status, 200);
    answer(&bench, 200);
    bench
}

/// What other blocks answer from now on.
fn answer(bench: &Bench, status: u16) {
    let body = json!({"result": "success"});
    drop(bench.neighbours.clone().refuses(
        ServiceName::BlockProxy,
        Method::POST,
        "/pxr-block-proxy",
        status,
        body,
    ));
}

async fn report(bench: &Bench, body: Value) -> u16 {
    post(bench, &application_of(STORING), PATH, body).await.status
}

/// The calls to other blocks: where to, and what.
fn told(bench: &Bench) -> Vec<(String, Value)> {
    let asked =
        bench.neighbours.asked().into_iter().filter(|asked| asked.service == Some(ServiceName::BlockProxy));
    asked.map(|asked| (asked.path, asked.body)).collect()
}

on_both_databases! {
    async fn whoever_subscribed_and_may_receive_is_told(database: Database) {
        let bench = subscribed(database, catalog()).await;
        assert_eq!(report(&bench, added("s1")).await, 200);
        let told = told(&bench);
        let about = |kind: &str, id: &str, value: i64| json!({"type": "store-event", "operate": "add", "userId": "r1", "identifier": id,
            kind: code(value), "sourceActor": code(STORING), "sourceApp": code(STORING_APP), "sourceWf": null,
            "destinationActor": code(RECEIVING), "destinationApp": code(RECEIVING_APP), "destinationWf": null, "trigger": null});
        let bodies: Vec<_> = told.iter().map(|(_, body)| body.clone()).collect();
        assert_eq!(bodies, [about("event", EVENT_ID, EVENT), about("thing", THING_ID, THING)]);
        assert!(told[0].0.contains("from_path=%2Fbook-manage&block=9002&path=%2Fbook-operate%2Fstore-event%2Freceive"), "{}", told[0].0);
        let what = "process_type || ' ' || user_id || ' ' || data_id || ' ' || coalesce(event_catalog_code, thing_catalog_code)";
        let history = bench.texts(what, "store_event_notificate_history where document_catalog_code is null order by data_id").await;
        assert_eq!(history, [format!("add r1 {THING_ID} 30"), format!("add r1 {EVENT_ID} 20")]);
    }

    async fn a_trigger_names_its_own_catalog(database: Database) {
        let bench = subscribed(database, catalog()).await;
        bench.execute("update store_event_notificate set notificate_type = 'share-trigger'").await;
        assert_eq!(report(&bench, added("s1")).await, 200);
        assert_eq!(told(&bench)[0].1["trigger"], code(801));
    }

    async fn nobody_is_told_without_an_agreement(database: Database) {
        let bench = subscribed(database, catalog()).await;
        assert_eq!(report(&bench, added("s2")).await, 200);
        bench.execute("update data_operation set is_disabled = true where type = 'share'").await;
        assert_eq!(report(&bench, added("s1")).await, 200);
        assert_eq!(told(&bench), []);
    }

    async fn only_confirmed_links_are_told(database: Database) {
        let bench = subscribed(database, catalog()).await;
        for status in [0, 2, 3] {
            bench.execute(&format!("update user_id_cooperate set status = {status} where user_id = 'r1'")).await;
            assert_eq!(report(&bench, added("s1")).await, 200);
        }
        assert_eq!(told(&bench), []);
    }

    async fn data_wanted_from_others_are_not_told(database: Database) {
        let bench = subscribed(database, catalog_with(json!([code(403)]))).await;
        assert_eq!(report(&bench, added("s1")).await, 200);
        assert_eq!(told(&bench), []);
    }

    async fn a_destination_that_fails_is_not_noted_and_hinders_nobody(database: Database) {
        let bench = subscribed(database, catalog()).await;
        answer(&bench, 503);
        assert_eq!(report(&bench, added("s1")).await, 200);
        assert_eq!((told(&bench).len(), bench.count("store_event_notificate_history").await), (2, 0));
    }

    async fn deleted_data_may_have_lost_their_event(database: Database) {
        let bench = subscribed(database, catalog()).await;
        let mut gone = element_of("s1");
        gone["event"] = Value::Null;
        gone["thing"][0]["4_1_2_1"] = json!("30");
        assert_eq!(report(&bench, json!({"add": [], "update": [], "delete": [gone.clone()]})).await, 200);
        assert_eq!(told(&bench)[0].1["operate"], "delete");
        assert_eq!(report(&bench, json!({"add": [gone], "update": [], "delete": []})).await, 400);
    }

    async fn only_applications_report_and_only_about_their_users(database: Database) {
        let bench = subscribed(database, catalog()).await;
        for session in [individual(), member()] {
            assert_eq!(post(&bench, &session, PATH, added("s1")).await.status, 401);
        }
        for user in ["nobody", "r1"] {
            assert_eq!(report(&bench, added(user)).await, 400);
        }
        assert_eq!(told(&bench), []);
    }

    async fn nothing_reported_is_no_mistake(database: Database) {
        let bench = subscribed(database, catalog()).await;
        assert_eq!(report(&bench, json!({"add": [], "update": [], "delete": []})).await, 200);
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = subscribed(database, catalog()).await;
        let mut broken = element_of("s1");
        broken["event"] = json!({"3_1_1": "x", "3_5_5_1": null});
        broken["thing"] = json!([]);
        let reply = post(&bench, &application_of(STORING), PATH, json!({"add": [broken], "delete": 5})).await;
        let fields = ["3_1_1", "3_1_2_1", "3_1_2_2", "3_5_1_1", "3_5_1_2", "3_5_5_1", "thing", "update", "delete"];
        assert_eq!((reply.status, reply.refused_fields()), (400, fields.to_vec()));
        for body in [json!({}), json!([]), json!([added("s1")])] {
            assert_eq!(report(&bench, body).await, 400);
        }
    }
}
