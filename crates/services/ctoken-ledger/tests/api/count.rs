//! How much is held.

use testkit::{individual, on_both_databases, resident};

use super::*;

async fn count(bench: &Bench, session: &Session, body: Value) -> Value {
    let reply = post(bench, session, "/ctoken-ledger/count", body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

/// Two persons at one actor, the first one at a second one, too.
async fn filled(database: Database) -> Bench {
    let bench = ledger(database).await;
    add(
        &bench,
        &[element("u-pxr-1", 1, &[(2, "h1"), (3, "h2")], &[4]), element("u-pxr-2", 11, &[(12, "h3")], &[14])],
    )
    .await;
    let other = of_actor(&application(), ACTOR + 1);
    let theirs = element_of(ACTOR + 1, "u-pxr-1", 21, &[(22, "h4")], &[]);
    report_as(&bench, &other, differences(&[theirs], &[], &[])).await;
    bench
}

fn counted(actor: i64, documents: i64, events: i64, things: i64) -> Value {
    let list = |code: i64, count: i64| {
        let list = [json!({"_code": {"_value": code, "_ver": 1}, "count": count})];
        list.into_iter().filter(|_| count > 0).collect::<Vec<_>>()
    };
    json!({"actor": {"_value": actor}, "app": {"_value": APP}, "wf": null, "document": list(501, documents),
           "event": list(601, events), "thing": list(701, things)})
}

fn everything() -> Value {
    json!({"createAt": {"start": null, "end": null}})
}

on_both_databases! {
    async fn a_resident_sees_what_is_held_about_himself(database: Database) {
        let bench = filled(database).await;
        let own = count(&bench, &individual(), everything()).await;
        let expected = json!([counted(ACTOR, 1, 2, 2), counted(ACTOR + 1, 0, 1, 1)]);
        assert_eq!(own.to_string(), expected.to_string());
        let other = count(&bench, &resident("pxr-2"), everything()).await;
        assert_eq!(other, json!([counted(ACTOR, 1, 1, 1)]));
        assert_eq!(count(&bench, &resident("pxr-3"), everything()).await, json!([]));
    }

    async fn a_resident_asks_for_nobody_else(database: Database) {
        let bench = filled(database).await;
        for pxr_id in ["pxr-2", "pxr-1"] {
            let body = json!({"pxrId": pxr_id});
            assert_eq!(post(&bench, &individual(), "/ctoken-ledger/count", body).await.status, 400);
        }
        // What cannot be told whose it is is nobody's.
        for pxr_id in ["", "null"] {
            let mut operator = Value::Object(individual().object().clone());
            operator["pxrId"] = if pxr_id.is_empty() { json!("") } else { Value::Null };
            let session = Session::from_json(operator).unwrap();
            assert_eq!(post(&bench, &session, "/ctoken-ledger/count", everything()).await.status, 401);
        }
    }

    async fn the_root_sees_everything_and_an_application_block_its_own(database: Database) {
        let bench = filled(database).await;
        let all = count(&bench, &member(), everything()).await;
        assert_eq!(all, json!([counted(ACTOR, 2, 3, 3), counted(ACTOR + 1, 0, 1, 1)]));
        let own = count(&bench, &of_actor(&member(), ACTOR), everything()).await;
        assert_eq!(own, json!([counted(ACTOR, 2, 3, 3)]));
    }

    async fn a_region_sees_the_applications_that_take_part(database: Database) {
        let region = json!({"catalogItem": {"ns": "r", "_code": {"_value": 1, "_ver": 1}},
                            "template": {"app-alliance": [{"_value": 90, "_ver": 1}, {"_value": 91, "_ver": 1},
                                                          {"_value": 90, "_ver": 1}]}});
        let app = |code: i64, actor: &str| {
            let ns = format!("catalog/ext/test-org/actor/app/actor_{actor}/application");
            json!({"catalogItem": {"ns": ns, "_code": {"_value": code, "_ver": 1}}})
        };
        let path = "/catalog/?ns=catalog%2Fext%2Ftest-org%2Factor%2Fregion-root%2Factor_1000700%2Fregion";
        let apps = json!([app(90, &(ACTOR + 1).to_string()), app(91, "x")]);
        let neighbours = neighbours()
            .answers(ServiceName::Catalog, Method::GET, path, json!([region]))
            .answers(ServiceName::Catalog, Method::POST, "/catalog", apps);
        let bench = ledger_with(database, neighbours).await;
        add(&bench, &[element("u-pxr-1", 1, &[(2, "h1")], &[])]).await;
        let other = of_actor(&application(), ACTOR + 1);
        let theirs = element_of(ACTOR + 1, "u-pxr-1", 21, &[(22, "h4")], &[]);
        report_as(&bench, &other, differences(&[theirs], &[], &[])).await;
        let seen = count(&bench, &of_actor(&member(), 1_000_700), everything()).await;
        assert_eq!(seen, json!([counted(ACTOR + 1, 0, 1, 1)]));
    }

    async fn a_share_asks_for_the_person_that_it_is_about(database: Database) {
        let bench = filled(database).await;
        // Book-manage asks with the identity of the application that shares, which has no PXR-ID.
        let receiver = of_actor(&application(), 1_000_900);
        let body = json!({"pxrId": "pxr-1", "document": [], "event": [{"_value": "601", "_ver": "1"}],
                          "thing": [], "includeDeleted": true});
        let held = count(&bench, &receiver, body).await;
        assert_eq!(held, json!([counted(ACTOR, 1, 2, 2), counted(ACTOR + 1, 0, 1, 1)]));
        let unknown = count(&bench, &receiver, json!({"pxrId": "pxr-9"})).await;
        assert_eq!(unknown, json!([]));
    }

    async fn a_member_of_another_block_sees_his_actors_part_of_a_person(database: Database) {
        let bench = filled(database).await;
        let held = count(&bench, &of_actor(&member(), ACTOR + 1), json!({"pxrId": "pxr-1"})).await;
        assert_eq!(held, json!([counted(ACTOR + 1, 0, 1, 1)]));
        assert_eq!(count(&bench, &of_actor(&member(), 1_000_900), json!({"pxrId": "pxr-1"})).await, json!([]));
        assert_eq!(count(&bench, &member(), json!({"pxrId": "pxr-2"})).await, json!([counted(ACTOR, 1, 1, 1)]));
    }

    async fn all_codes_of_a_list_count(database: Database) {
        let bench = filled(database).await;
        let of = |list: Value| json!({"event": list});
        let code = |code: i64| json!({"_value": code, "_ver": 1});
        let all = count(&bench, &individual(), of(json!([code(601), code(999)]))).await;
        assert_eq!(all[0]["event"][0]["count"], 2);
        assert_eq!(count(&bench, &individual(), of(json!([code(999)]))).await, json!([]));
        assert_eq!(count(&bench, &individual(), of(json!([{"_value": 601, "_ver": 2}]))).await, json!([]));
    }

    async fn a_list_of_documents_narrows_all_counts(database: Database) {
        let bench = filled(database).await;
        let body = json!({"document": [{"_value": 501, "_ver": 1}]});
        assert_eq!(count(&bench, &individual(), body).await, json!([counted(ACTOR, 1, 2, 2)]));
    }

    async fn a_row_counts_once_however_many_documents_hold_it(database: Database) {
        let bench = ledger(database).await;
        add(&bench, &[element("u-pxr-1", 1, &[(2, "h1"), (3, "h2")], &[4, 5, 6])]).await;
        assert_eq!(count(&bench, &individual(), everything()).await, json!([counted(ACTOR, 3, 2, 2)]));
    }

    async fn the_time_of_the_event_is_asked_for_in_whole_seconds(database: Database) {
        let bench = filled(database).await;
        let between = |start: &str, end: &str| json!({"createAt": {"start": start, "end": end}});
        for (start, end, found) in [
            ("2026-01-01T00:00:00.999Z", "2026-01-01T00:00:01.000Z", 2),
            ("2026-01-01T00:00:01.000Z", "2026-01-02T00:00:00.000Z", 0),
            ("2025-01-01T00:00:00.000Z", "2026-01-01T00:00:00.999Z", 0),
        ] {
            let counted = count(&bench, &individual(), between(start, end)).await;
            assert_eq!(counted.as_array().unwrap().len(), found, "{start} {end}");
        }
    }

    async fn what_is_gone_does_not_count(database: Database) {
        let bench = filled(database).await;
        delete(&bench, &[gone("u-pxr-1", 1, &[2], &[4])]).await;
        let left = count(&bench, &individual(), everything()).await;
        assert_eq!(left[0], counted(ACTOR, 0, 1, 1));
    }

    async fn who_is_no_reader_sees_nothing(database: Database) {
        let bench = filled(database).await;
        let ask = |session: Session| {
            let bench = &bench;
            async move { post(bench, &session, "/ctoken-ledger/count", everything()).await.status }
        };
        assert_eq!(ask(of_actor(&member(), 1_000_800)).await, 400);
        // The catalog does not know the actor: rule F.
        assert_eq!(ask(of_actor(&member(), 1_000_801)).await, 503);
        assert_eq!(bench.post("/ctoken-ledger/count/").json(everything()).send().await.status, 401);
    }

    async fn bad_questions_are_refused(database: Database) {
        let bench = ledger(database).await;
        let ask = |body: Value| async { post(&bench, &member(), "/ctoken-ledger/count", body).await };
        let broken = json!({"createAt": {"start": "x"}, "pxrId": 1, "document": {}, "event": [{"_value": "x"}]});
        assert_eq!(ask(broken).await.refused_fields(), ["start", "pxrId", "document", "_value", "_ver"]);
        let code = json!([{"_value": 1, "_ver": 1}]);
        assert_eq!(ask(json!({"document": code, "event": code})).await.status, 400);
        let many = vec![json!({"_value": 1, "_ver": 1}); 501];
        assert_eq!(ask(json!({"thing": many})).await.refused_fields(), ["thing"]);
        for nothing in [json!({}), json!([]), json!([1]), json!("x")] {
            assert_eq!(ask(nothing).await.status, 400);
        }
    }
}
