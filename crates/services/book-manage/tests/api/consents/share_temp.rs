//! Temporary share codes.

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use testkit::{Bench, Database, Reply, application, individual, member, on_both_databases, resident};
use vocabulary::ServiceName;

use super::*;
use crate::{get, stand_ins::item};

const PATH: &str = "/book-manage/share/temp";

/// The first resident's data lie with the storing actor's application.
async fn holding(database: Database) -> Bench {
    let bench = residents(database).await;
    hold(&bench);
    bench
}

fn hold(bench: &Bench) {
    held(bench, json!([{"actor": code(STORING), "app": code(STORING_APP)}]));
    let of_kind =
        |value: i64, kind: &str| item(value, &format!("catalog/ext/test-org/{kind}/actor_401"), json!({}));
    let items = json!([of_kind(DOCUMENT, "document"), of_kind(EVENT, "event"), of_kind(THING, "thing")]);
    drop(bench.neighbours.clone().answers(ServiceName::Catalog, Method::POST, "/catalog", items));
}

/// The first resident has given out a code.
pub(super) async fn given_out(bench: &Bench) {
    hold(bench);
    assert_eq!(issue(bench, "pxr-1", wish()).await.status, 200);
}

fn held(bench: &Bench, entries: Value) {
    let answer = json!({"document": entries});
    drop(bench.neighbours.clone().answers(ServiceName::CtokenLedger, Method::POST, "/ctoken-ledger", answer));
}

fn wish() -> Value {
    json!({"app": {"_value": STORING_APP}, "document": [], "event": [code(EVENT)], "thing": [code(THING)], "note": "x",
           "identifier": [{"document": "d1", "event": ["e1", "e2"], "thing": ["t1"]}, {"event": "e9", "thing": ["t9"]}]})
}

async fn issue(bench: &Bench, who: &str, wish: Value) -> Reply {
    post(bench, &resident(who), PATH, wish).await
}

async fn issued(bench: &Bench) -> String {
    let reply = issue(bench, "pxr-1", wish()).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["tempShareCode"].as_str().unwrap().to_owned()
}

async fn collate(bench: &Bench, code: &str) -> Reply {
    post(bench, &application(), "/book-manage/share/temp/collation", json!({"tempShareCode": code})).await
}

on_both_databases! {
    async fn a_code_opens_what_it_was_issued_for(database: Database) {
        let bench = holding(database).await;
        let reply = issue(&bench, "pxr-1", wish()).await;
        let mut expected = wish();
        expected["document"] = Value::Null;
        expected["tempShareCode"] = reply.body["tempShareCode"].clone();
        expected["expireAt"] = json!("2026-01-09T03:04:05+09:00");
        assert_eq!((reply.status, &reply.body), (200, &expected));
        let share_code = reply.body["tempShareCode"].as_str().unwrap();
        let meaning = collate(&bench, share_code).await;
        let opened = json!({"id": meaning.body["id"], "status": 0, "pxrId": "pxr-1", "actor": {"_value": STORING},
            "app": {"_value": STORING_APP}, "document": [], "event": [code(EVENT)], "thing": [code(THING)],
            "identifier": wish()["identifier"]});
        assert_eq!((meaning.status, &meaning.body), (200, &opened));
        let listed = get(&bench, &resident("pxr-1"), PATH).await;
        assert_eq!(listed.body[0]["tempShareCode"], share_code);
        assert_eq!(listed.body[0]["expireAt"], "2026-01-09T03:04:05+09:00");
        assert_eq!(listed.body[0]["identifier"], wish()["identifier"]);
    }

    async fn a_new_code_replaces_the_old_one(database: Database) {
        let bench = holding(database).await;
        let old = issued(&bench).await;
        let only = json!({"app": {"_value": STORING_APP}, "event": [code(EVENT)]});
        let reply = issue(&bench, "pxr-1", only).await;
        assert_eq!(collate(&bench, &old).await.status, 400);
        let opened = collate(&bench, reply.body["tempShareCode"].as_str().unwrap()).await.body;
        assert_eq!((&opened["event"], &opened["thing"]), (&json!([code(EVENT)]), &json!([])));
        assert!(opened.get("identifier").is_none());
        assert_eq!(bench.count("data_operation").await, 1);
        assert_eq!(bench.count("temporarily_shared_code where is_disabled = false").await, 1);
    }

    async fn two_codes_at_once_leave_one(database: Database) {
        let bench = holding(database).await;
        let (one, other) = tokio::join!(issue(&bench, "pxr-1", wish()), issue(&bench, "pxr-1", wish()));
        assert_eq!((one.status, other.status), (200, 200));
        assert_eq!(bench.count("temporarily_shared_code where is_disabled = false").await, 1);
        assert_eq!(bench.count("data_operation_data_type where is_disabled = false").await, 2);
    }

    async fn a_code_ends_after_a_week(database: Database) {
        let bench = holding(database).await;
        let code = issued(&bench).await;
        bench.advance(TimeDelta::days(7));
        assert_eq!(collate(&bench, &code).await.status, 200);
        bench.advance(TimeDelta::seconds(1));
        assert_eq!(collate(&bench, &code).await.status, 400);
        assert_eq!(get(&bench, &resident("pxr-1"), PATH).await.body, json!([]));
        let all = get(&bench, &resident("pxr-1"), "/book-manage/ind/share/temp?expiration=true").await;
        assert_eq!(all.body[0]["tempShareCode"], code);
    }

    async fn a_code_of_a_closed_book_opens_nothing(database: Database) {
        let bench = holding(database).await;
        let code = issued(&bench).await;
        bench.execute("update my_condition_book set is_disabled = true").await;
        assert_eq!(collate(&bench, &code).await.status, 400);
    }

    async fn residents_see_their_own_codes_only(database: Database) {
        let bench = holding(database).await;
        issued(&bench).await;
        assert_eq!(get(&bench, &resident("pxr-2"), PATH).await.body, json!([]));
        for session in [member(), application(), resident("pxr-9")] {
            assert_eq!(get(&bench, &session, PATH).await.status, 400);
            assert_eq!(post(&bench, &session, PATH, wish()).await.status, 400);
        }
        assert_eq!(bench.get(PATH).send().await.status, 401);
        assert_eq!(get(&bench, &individual(), &format!("{PATH}?expiration=perhaps")).await.refused_fields(), ["expiration"]);
    }

    async fn only_data_of_one_application_can_be_opened(database: Database) {
        let bench = holding(database).await;
        for entries in [
            json!([]),
            json!([{"actor": code(RECEIVING), "app": code(RECEIVING_APP)}]),
            json!([{"actor": code(STORING), "app": code(STORING_APP)}, {"actor": code(RECEIVING), "app": code(STORING_APP)}]),
        ] {
            held(&bench, entries.clone());
            assert_eq!(issue(&bench, "pxr-1", wish()).await.status, 400, "{entries}");
        }
        assert_eq!(issue(&bench, "pxr-1", json!({"app": {"_value": STORING_APP}})).await.status, 400);
        assert_eq!(bench.count("data_operation").await, 0);
    }

    async fn only_kinds_that_exist_can_be_opened(database: Database) {
        let bench = holding(database).await;
        for (kind, value) in [("event", json!({"_value": EVENT, "_ver": 2})), ("event", code(THING)), ("thing", code(99))] {
            let mut wish = wish();
            wish[kind] = json!([value]);
            assert_eq!(issue(&bench, "pxr-1", wish).await.status, 400, "{kind}");
        }
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = holding(database).await;
        let broken = json!({"actor": {}, "wf": code(1), "document": [{"_value": 1}], "event": 5, "identifier": [{"document": "", "event": [1], "thing": 1}]});
        let fields = ["_value", "app", "_ver", "event", "document", "0", "thing", "wf"];
        let reply = issue(&bench, "pxr-1", broken).await;
        assert_eq!((reply.status, reply.refused_fields()), (400, fields.to_vec()));
        assert_eq!(collate(&bench, "x").await.refused_fields(), ["tempShareCode"]);
        assert_eq!(collate(&bench, "1fb404d9-cecf-4c18-a1c2-f0bd006be720").await.status, 400);
    }
}
