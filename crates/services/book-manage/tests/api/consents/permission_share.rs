//! From which actors may these data be shared?

use http::Method;
use serde_json::{Value, json};
use testkit::{Bench, Database, individual, member, on_both_databases, resident};
use vocabulary::ServiceName;

use super::*;
use crate::stand_ins::item;

const PATH: &str = "/book-manage/setting/share/permission";
const NOTHING: (u16, &str) = (200, r#"{"checkResult":false,"permission":null}"#);

fn codes(values: &[i64]) -> Value {
    values.iter().map(|value| code(*value)).collect()
}

fn question(document: &[i64], event: &[i64], thing: &[i64]) -> Value {
    json!({"userId": "r1", "actorCode": RECEIVING, "appCode": RECEIVING_APP, "sourceActor": null, "sourceAsset": null,
           "document": codes(document), "event": codes(event), "thing": codes(thing)})
}

async fn ask(bench: &Bench, question: Value) -> (u16, String) {
    let reply = post(bench, &application_of(RECEIVING), PATH, question).await;
    (reply.status, reply.body.to_string())
}

fn from(actor: i64, document: &[i64], event: &[i64], thing: &[i64]) -> Value {
    json!({"sourceActorCode": actor, "document": codes(document), "event": codes(event), "thing": codes(thing)})
}

fn permitted(permission: Vec<Value>) -> (u16, String) {
    (200, json!({"checkResult": true, "permission": permission}).to_string())
}

fn nothing() -> (u16, String) {
    (NOTHING.0, NOTHING.1.to_owned())
}

/// Data from the storing actor only; both residents agreed to share, the first one to store.
async fn from_one(database: Database) -> Bench {
    let bench = residents_with(database, catalog_with(json!([code(STORING)]))).await;
    agree_to_store(&bench, "pxr-1", store_wish()).await;
    agree_to_share(&bench, "pxr-1", share_wish()).await;
    bench
}

/// Who holds what of the first resident.
fn held_by(bench: &Bench, counts: Value) {
    drop(bench.neighbours.clone().answers(
        ServiceName::CtokenLedger,
        Method::POST,
        "/ctoken-ledger/count",
        counts,
    ));
}

fn restrict(bench: &Bench, template: Value) {
    let items = json!([item(1, "ns", template)]);
    drop(bench.neighbours.clone().answers(
        ServiceName::Catalog,
        Method::GET,
        &restrictions_ns(STORING),
        items,
    ));
}

on_both_databases! {
    async fn data_come_from_the_actors_that_the_definition_names(database: Database) {
        let bench = from_one(database).await;
        // With an event, the things that the definition names under it are shared, too.
        let all = permitted(vec![from(STORING, &[DOCUMENT], &[EVENT], &[THING, OTHER_THING, LONE_THING])]);
        assert_eq!(ask(&bench, question(&[DOCUMENT], &[EVENT], &[LONE_THING])).await, all);
        let some = permitted(vec![from(STORING, &[], &[EVENT], &[OTHER_THING, THING])]);
        assert_eq!(ask(&bench, question(&[], &[EVENT], &[THING])).await, some);
        assert_eq!(ask(&bench, question(&[99], &[], &[])).await, nothing());
        assert_eq!(ask(&bench, question(&[], &[], &[])).await, nothing());
    }

    async fn without_sources_the_ledger_says_who_holds_the_data(database: Database) {
        let bench = residents(database).await;
        agree_to_share(&bench, "pxr-1", share_wish()).await;
        let held = |actor: i64, event: i64| json!({"actor": {"_value": actor}, "app": {"_value": 1}, "wf": null, "document": [],
            "event": [{"_code": code(event), "count": 2}], "thing": []});
        held_by(&bench, json!([held(STORING, EVENT), held(403, EVENT), held(STORING, EVENT), held(404, 99)]));
        let both = permitted(vec![from(STORING, &[], &[EVENT], &[]), from(403, &[], &[EVENT], &[])]);
        assert_eq!(ask(&bench, question(&[], &[EVENT], &[])).await, both);
        let asked: Vec<_> = bench.neighbours.asked().into_iter().filter(|asked| asked.method == Method::POST).collect();
        // One question for the event, one for its things, however many there are.
        assert_eq!(asked.len(), 2);
        assert!(asked.iter().all(|asked| asked.body["pxrId"] == "pxr-1"));
        held_by(&bench, json!([]));
        assert_eq!(ask(&bench, question(&[], &[EVENT], &[])).await, nothing());
    }

    async fn an_excluded_thing_is_not_shared(database: Database) {
        let bench = residents_with(database, catalog_with(json!([code(STORING)]))).await;
        let mut wish = share_wish();
        wish["excludeEvent"] = json!([{"code": code(EVENT), "excludeThing": [{"code": code(THING)}]}]);
        agree_to_share(&bench, "pxr-1", wish).await;
        let rest = permitted(vec![from(STORING, &[], &[EVENT], &[OTHER_THING])]);
        assert_eq!(ask(&bench, question(&[], &[EVENT], &[THING])).await, rest);
    }

    async fn a_withdrawal_counts_at_the_next_question(database: Database) {
        let bench = from_one(database).await;
        assert_ne!(ask(&bench, question(&[], &[EVENT], &[])).await, nothing());
        let path = format!("/book-manage/setting/share/{}", agreement(&bench, "pxr-1", "share").await);
        assert_eq!(bench.delete(&path).session(&resident("pxr-1")).send().await.status, 200);
        assert_eq!(ask(&bench, question(&[], &[EVENT], &[])).await, nothing());
    }

    async fn the_agreement_of_one_resident_says_nothing_about_another(database: Database) {
        let bench = residents_with(database, catalog_with(json!([code(STORING)]))).await;
        agree_to_share(&bench, "pxr-2", share_wish()).await;
        assert_eq!(ask(&bench, question(&[], &[EVENT], &[])).await, nothing());
    }

    async fn a_storing_actor_may_forbid_it(database: Database) {
        let bench = from_one(database).await;
        let rule = |key: &str, clause: Value| json!({"event": [{"code": code(EVENT), key: [clause]}]});
        let rest = permitted(vec![from(STORING, &[], &[], &[THING, OTHER_THING])]);
        for (template, expected) in [
            (rule("prohibition", json!({"service": [code(RECEIVING_APP)]})), rest.clone()),
            (rule("prohibition", json!({"region": [code(601)]})), rest.clone()),
            (rule("permission", json!({"region": [code(699)]})), rest),
            (rule("permission", json!({"service": [code(RECEIVING_APP)]})),
             permitted(vec![from(STORING, &[], &[EVENT], &[THING, OTHER_THING])])),
        ] {
            restrict(&bench, template.clone());
            assert_eq!(ask(&bench, question(&[], &[EVENT], &[])).await, expected, "{template}");
        }
        let both = json!({"event": [{"code": code(EVENT), "permission": [{"region": []}], "prohibition": [{"region": []}]}]});
        restrict(&bench, both);
        assert_eq!(ask(&bench, question(&[], &[EVENT], &[])).await.0, 400);
    }

    async fn what_was_stored_stays_restricted_after_the_withdrawal(database: Database) {
        let bench = from_one(database).await;
        let path = format!("/book-manage/settings/store/{}", agreement(&bench, "pxr-1", "store").await);
        assert_eq!(bench.delete(&path).session(&resident("pxr-1")).send().await.status, 200);
        restrict(&bench, json!({"document": [{"code": code(DOCUMENT), "prohibition": [{"service": [code(RECEIVING_APP)]}]}]}));
        assert_eq!(ask(&bench, question(&[DOCUMENT], &[], &[])).await, nothing());
    }

    async fn one_source_can_be_asked_for(database: Database) {
        let bench = from_one(database).await;
        let mut asked = question(&[DOCUMENT], &[], &[]);
        asked["sourceActorCode"] = json!(STORING);
        assert_eq!(ask(&bench, asked.clone()).await, permitted(vec![from(STORING, &[DOCUMENT], &[], &[])]));
        asked["sourceActorCode"] = json!(403);
        assert_eq!(ask(&bench, asked).await, nothing());
    }

    async fn a_trigger_permits_what_its_conditions_name(database: Database) {
        let bench = from_one(database).await;
        let mut asked = question(&[DOCUMENT], &[EVENT], &[]);
        asked["isTriggerRequest"] = json!(true);
        asked["sourceActorCode"] = json!(STORING);
        assert_eq!(ask(&bench, asked.clone()).await, nothing(), "no trigger is registered");
        bench.execute("insert into store_event_notificate (notificate_type, store_event_notificate_catalog_code, \
            store_event_notificate_catalog_version, share_catalog_code, share_catalog_version, share_uuid, created_by, updated_by) \
            values ('share-trigger', 801, 1, 702, 1, 'u', 't', 't')").await;
        let trigger = |condition: Value| {
            let items = item(801, "ns", json!({"endCondition": condition}));
            drop(bench.neighbours.clone().answers(ServiceName::Catalog, Method::GET, "/catalog/801/1", items));
        };
        trigger(json!({"document": [code(DOCUMENT)], "event": [code(EVENT)]}));
        assert_eq!(ask(&bench, asked.clone()).await, permitted(vec![from(STORING, &[DOCUMENT], &[EVENT], &[])]));
        trigger(json!({"document": [code(DOCUMENT)]}));
        assert_eq!(ask(&bench, asked.clone()).await, nothing());
        asked["sourceActorCode"] = Value::Null;
        assert_eq!(ask(&bench, asked).await.0, 400);
    }

    async fn only_applications_may_ask(database: Database) {
        let bench = from_one(database).await;
        for session in [individual(), member()] {
            assert_eq!(post(&bench, &session, PATH, question(&[DOCUMENT], &[], &[])).await.status, 401);
        }
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = from_one(database).await;
        let send = |body| async { post(&bench, &application_of(RECEIVING), PATH, body).await };
        let reply = send(json!({"sourceActorCode": "x", "isTriggerRequest": "maybe", "document": 1, "event": [{}]})).await;
        let fields = ["userId", "actorCode", "appCode", "sourceActorCode", "isTriggerRequest", "document", "_value", "_ver"];
        assert_eq!((reply.status, reply.refused_fields()), (400, fields.to_vec()));
        let mut unknown = question(&[DOCUMENT], &[], &[]);
        unknown["userId"] = json!("nobody");
        assert_eq!(send(unknown).await.status, 400);
    }
}
