use serde_json::json;
use testkit::{application, member, of_actor, on_both_databases};

use super::*;

const DEFINITION: &str = "/book-manage/share/temp/collation";
const COUNT: &str = "/ctoken-ledger/count";
const LEDGER: &str = "/ctoken-ledger";
const RESTRICTION: &str =
    "/catalog/?ns=catalog%2Fext%2Ftest-org%2Factor%2Fapp%2Factor_70%2Fsharing-restriction";

fn app() -> Session {
    of_actor(&application(), APP_ACTOR)
}

/// A code for a definition; the app's actor holds the data.
fn defined(definition: Value) -> Neighbours {
    let mut all = json!({"id": 1, "pxrId": "pxr-1", "status": 0});
    all.as_object_mut().unwrap().extend(definition.as_object().unwrap().clone());
    let held = json!([{"actor": {"_value": APP_ACTOR}, "app": {"_value": APP}}, {"actor": {"_value": APP_ACTOR}, "app": null}]);
    platform().answers(ServiceName::BookManage, Method::POST, DEFINITION, all).answers(
        ServiceName::CtokenLedger,
        Method::POST,
        COUNT,
        held,
    )
}

fn share(kinds: Value) -> Value {
    let mut call = planned(&app(), "POST", "/book-operate/share/search", 0);
    call["target"].as_object_mut().unwrap().remove("blockCode");
    call["caller"]["requestBody"] = kinds;
    call["caller"]["requestBody"]["tempShareCode"] = json!("f9d540e6-8e39-423e-8eac-cd5063e37dcc");
    call
}

async fn status(neighbours: Neighbours, kinds: Value) -> u16 {
    let bench = offices(Database::sqlite(), neighbours).await;
    ask(&bench, "share/temp", &app(), json!([share(kinds)])).await.status
}

on_both_databases! {
    async fn a_code_gives_a_token_for_every_actor_that_holds_the_data(database: Database) {
        let bench = offices(database, defined(json!({"event": [code(1)]}))).await;
        let reply = ask(&bench, "share/temp", &app(), json!([share(json!({"event": [code(1)]}))])).await;
        assert_eq!((reply.status, reply.body.as_array().unwrap().len()), (200, 1));
        let asked = bench.neighbours.asked();
        let counted: Vec<_> = asked.iter().filter(|asked| asked.path.starts_with(COUNT)).map(|asked| &asked.body).collect();
        assert_eq!(counted, [&json!({"pxrId": "pxr-1", "document": [], "event": [code(1)], "thing": []})]);
        assert_eq!(bench.text("temporary_code", "token_generation_history").await, "f9d540e6-8e39-423e-8eac-cd5063e37dcc");
        assert_eq!(bench.text("parameter", "token_access_history").await, "null");
    }

    async fn a_code_gives_only_what_it_lists(database: Database) {
        let listed = json!({"document": [], "event": [code(1), code(2)], "thing": [code(3)]});
        for (kinds, expected) in [
            (json!({"event": [code(1)]}), 200),
            (json!({"event": [code(2)], "thing": [code(3)]}), 200),
            (json!({"event": [code(1), code(3)]}), 400),
            (json!({"event": [{"_value": 1, "_ver": 2}]}), 400),
            (json!({"document": [code(1)]}), 400),
        ] {
            assert_eq!(status(defined(listed.clone()), kinds.clone()).await, expected, "{kinds}");
        }
        let bench = offices(database, defined(json!({}))).await;
        let open = ask(&bench, "share/temp", &app(), json!([share(json!({"document": [code(9)]}))])).await;
        assert_eq!(open.status, 200, "a code that lists nothing is open");
    }

    async fn a_code_for_single_things_gives_their_kinds_only(database: Database) {
        let definition = json!({"identifier": [{"event": "e1", "thing": ["t1"]}]});
        let ledger = |neighbours: Neighbours, entries: Value| {
            neighbours.answers(ServiceName::CtokenLedger, Method::POST, LEDGER, entries)
        };
        let there = json!({"event": [{"code": code(1), "identifier": "e1"}]});
        for (kinds, entries, expected) in [
            (json!({"event": [code(1)]}), there.clone(), 200),
            (json!({"event": [code(2)]}), there.clone(), 400),
            (json!({"event": [code(1)]}), json!({"event": []}), 400),
            (json!({"document": [code(1)]}), there.clone(), 400),
        ] {
            assert_eq!(status(ledger(defined(definition.clone()), entries), kinds.clone()).await, expected, "{kinds}");
        }
        let bench = offices(database, ledger(defined(definition), there)).await;
        ask(&bench, "share/temp", &app(), json!([share(json!({"event": [code(1)]}))])).await;
        let asked = bench.neighbours.asked();
        let question = asked.iter().find(|asked| asked.path == "/ctoken-ledger/").unwrap();
        assert_eq!(question.body, json!({"pxrId": "pxr-1", "identifier": {"event": ["e1"]}}));
    }

    async fn what_a_source_forbids_is_not_shared(database: Database) {
        let kinds = json!({"event": [code(2), code(1)]});
        let clause = |region: i64| json!([{"region": code(region)}]);
        for (entry, expected) in [
            (json!({"code": code(1), "permission": clause(50)}), 200),
            (json!({"code": code(1), "permission": clause(60)}), 400),
            (json!({"code": code(1), "prohibition": clause(50)}), 400),
            (json!({"code": code(9), "prohibition": clause(50)}), 200),
            (json!({"code": code(1), "permission": clause(50), "prohibition": clause(60)}), 400),
        ] {
            let restriction = item(7, "r", json!({"event": [entry]}));
            let neighbours = defined(json!({})).answers(ServiceName::Catalog, Method::GET, RESTRICTION, json!([restriction]));
            assert_eq!(status(neighbours, kinds.clone()).await, expected, "{entry}");
        }
        drop(database);
    }

    async fn what_nobody_holds_or_nobody_defined_is_refused(database: Database) {
        let kinds = json!({"event": [code(1)]});
        let nobody = defined(json!({})).refuses(ServiceName::CtokenLedger, Method::POST, COUNT, 204, Value::Null);
        assert_eq!(status(nobody, kinds.clone()).await, 400);
        let unknown = defined(json!({})).refuses(ServiceName::BookManage, Method::POST, DEFINITION, 400, Value::Null);
        assert_eq!(status(unknown, kinds.clone()).await, 400);
        assert_eq!(status(platform(), kinds.clone()).await, 503, "no books");
        let homeless = item(APP_ACTOR, "catalog/ext/test-org/actor/app", json!({}));
        let homeless = defined(json!({})).answers(ServiceName::Catalog, Method::GET, &format!("/catalog/{APP_ACTOR}"), homeless);
        let bench = offices(database, homeless).await;
        assert_eq!(ask(&bench, "share/temp", &app(), json!([share(kinds)])).await.status, 500);
        assert_eq!(bench.count("token_generation_history").await, 0);
    }

    async fn broken_requests_are_refused(database: Database) {
        let bench = offices(database, defined(json!({}))).await;
        let mut without = share(json!({"event": [code(1)]}));
        without["caller"]["requestBody"].as_object_mut().unwrap().remove("tempShareCode");
        let mut wrong = share(json!({"event": [code(1)]}));
        wrong["caller"]["requestBody"]["tempShareCode"] = json!("abc");
        for call in [without, wrong] {
            let reply = ask(&bench, "share/temp", &app(), json!([call])).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, vec!["tempShareCode"]));
        }
        for kinds in [json!({}), json!({"event": []})] {
            assert_eq!(ask(&bench, "share/temp", &app(), json!([share(kinds)])).await.status, 400);
        }
        let mut of_member = share(json!({"event": [code(1)]}));
        of_member["caller"]["operator"] = json!({"type": 3, "loginId": "m"});
        assert_eq!(ask(&bench, "share/temp", &member(), json!([of_member])).await.status, 400);
        assert!(bench.neighbours.asked().is_empty());
    }
}
