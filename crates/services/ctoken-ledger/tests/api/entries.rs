//! What is held.

use testkit::{individual, on_both_databases, resident};

use super::*;

async fn ask(bench: &Bench, session: &Session, body: Value) -> Value {
    let reply = post(bench, session, "/ctoken-ledger/", body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

fn identifiers(body: &Value, kind: &str) -> Vec<String> {
    let entries = body[kind].as_array().unwrap();
    entries.iter().map(|entry| entry["identifier"].as_str().unwrap().to_owned()).collect()
}

async fn filled(database: Database) -> Bench {
    let bench = ledger(database).await;
    let mut later = element("u-pxr-1", 11, &[(12, "h3")], &[]);
    later["event"]["3_2_1"] = json!("2026-01-02T09:00:00.000+0900");
    let mut undated = element("u-pxr-1", 21, &[(22, "h4")], &[]);
    undated["event"]["3_2_1"] = Value::Null;
    let other = element("u-pxr-2", 31, &[(32, "h5")], &[34]);
    add(&bench, &[element("u-pxr-1", 1, &[(2, "h1"), (3, "h2")], &[4]), later, undated, other]).await;
    bench
}

on_both_databases! {
    async fn entries_are_shown_as_clients_know_them(database: Database) {
        let bench = filled(database).await;
        let answer = ask(&bench, &individual(), json!({"document": []})).await;
        let expected = json!({"document": [{
            "actor": {"_value": ACTOR, "_ver": 1}, "app": {"_value": APP, "_ver": 1},
            "createdAt": "2026-01-01T00:00:00.000+0900", "code": {"_value": 501, "_ver": 1}, "identifier": id(4),
        }]});
        assert_eq!(answer.to_string(), expected.to_string());
    }

    async fn each_entry_is_listed_once_the_newest_first(database: Database) {
        let bench = filled(database).await;
        let events = ask(&bench, &individual(), json!({"event": []})).await;
        assert_eq!(identifiers(&events, "event"), [id(21), id(11), id(1)]);
        assert_eq!(events["event"][0]["createdAt"], Value::Null);
        let things = ask(&bench, &individual(), json!({"thing": [], "offset": 1, "limit": 2})).await;
        assert_eq!(identifiers(&things, "thing"), [id(12), id(2)]);
    }

    async fn a_resident_sees_his_own_only(database: Database) {
        let bench = filled(database).await;
        let own = ask(&bench, &resident("pxr-2"), json!({"event": []})).await;
        assert_eq!(identifiers(&own, "event"), [id(31)]);
        let theirs = ask(&bench, &resident("pxr-2"), json!({"identifier": {"event": [id(1)]}})).await;
        assert_eq!(theirs, json!({"event": []}));
        let body = json!({"pxrId": "pxr-1", "event": []});
        assert_eq!(post(&bench, &resident("pxr-2"), "/ctoken-ledger", body).await.status, 400);
    }

    async fn a_named_person_is_the_one_that_is_meant(database: Database) {
        let bench = filled(database).await;
        // Nobody's own PXR-ID takes the place of the one that is asked for.
        let receiver = of_actor(&application(), 1_000_900);
        let body = json!({"pxrId": "pxr-2", "identifier": {"event": [id(1), id(31)]}});
        assert_eq!(identifiers(&ask(&bench, &receiver, body).await, "event"), [id(31)]);
        let stranger = of_actor(&member(), 1_000_900);
        assert_eq!(ask(&bench, &stranger, json!({"pxrId": "pxr-2", "event": []})).await, json!({"event": []}));
    }

    async fn an_application_block_sees_its_own(database: Database) {
        let bench = filled(database).await;
        let own = ask(&bench, &of_actor(&member(), ACTOR), json!({"event": []})).await;
        assert_eq!(identifiers(&own, "event").len(), 4);
        let other = ask(&bench, &of_actor(&member(), ACTOR + 1), json!({"event": []})).await;
        assert_eq!(other, json!({"event": []}));
    }

    async fn codes_times_and_identifiers_narrow_the_list(database: Database) {
        let bench = filled(database).await;
        let ask = |body: Value| async { ask(&bench, &individual(), body).await };
        let code = |code: i64, version: i64| json!({"_value": code, "_ver": version});
        assert_eq!(ask(json!({"thing": [code(701, 2), code(9, 1)]})).await, json!({"thing": []}));
        assert_eq!(identifiers(&ask(json!({"thing": [code(701, 1), code(9, 1)]})).await, "thing").len(), 4);
        let day = json!({"start": "2026-01-02T00:00:00.000+0900", "end": "2026-01-03T00:00:00.000+0900"});
        let found = ask(json!({"createAt": day, "event": []})).await;
        assert_eq!(identifiers(&found, "event"), [id(11)]);
        let found = ask(json!({"identifier": {"thing": [id(2), id(99)]}})).await;
        assert_eq!(identifiers(&found, "thing"), [id(2)]);
    }

    async fn nothing_is_listed_when_no_kind_is_asked_for(database: Database) {
        let bench = filled(database).await;
        assert_eq!(ask(&bench, &member(), json!({"createAt": {}})).await, json!({}));
    }

    async fn ten_entries_are_listed_unless_more_are_wanted(database: Database) {
        let bench = ledger(database).await;
        let many: Vec<_> = (1..=12).map(|event| element("u-pxr-1", event, &[(event + 50, "h")], &[])).collect();
        add(&bench, &many).await;
        for (limit, found) in [(json!({}), 10), (json!({"limit": 0}), 12), (json!({"limit": null}), 12), (json!({"limit": 3}), 3)] {
            let mut body = json!({"event": []});
            body.as_object_mut().unwrap().extend(limit.as_object().unwrap().clone());
            assert_eq!(identifiers(&ask(&bench, &individual(), body).await, "event").len(), found, "{limit}");
        }
    }

    async fn bad_questions_are_refused(database: Database) {
        let bench = ledger(database).await;
        let ask = |body: Value| async { post(&bench, &member(), "/ctoken-ledger", body).await };
        let broken = json!({"offset": "1", "limit": -1, "document": [{"_value": "1", "_ver": 1}],
                            "identifier": {"event": [1], "thing": "x"}});
        assert_eq!(ask(broken).await.refused_fields(), ["offset", "limit", "_value", "0", "thing"]);
        assert_eq!(ask(json!({"limit": 0.5})).await.refused_fields(), ["limit"]);
        let code = json!([{"_value": 1, "_ver": 1}]);
        assert_eq!(ask(json!({"thing": code, "event": code})).await.status, 400);
        assert_eq!(ask(json!({"identifier": {"thing": ["a"], "event": ["b"]}})).await.status, 400);
        for nothing in [json!({}), json!([]), json!([1])] {
            assert_eq!(ask(nothing).await.status, 400);
        }
        assert_eq!(bench.post("/ctoken-ledger").json(json!({"event": []})).send().await.status, 401);
    }
}
