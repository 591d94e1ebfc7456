//! Persons by how much is held about them.

use testkit::{individual, on_both_databases};

use super::*;

fn condition(link: &str, code: i64, min: i64, max: Option<i64>) -> Value {
    json!({"type": link, "_code": {"_value": code, "_ver": 1}, "min": min, "max": max})
}

async fn filled(database: Database) -> Bench {
    let item = |code: i64, ns: &str| json!({"catalogItem": {"ns": ns, "_code": {"_value": code, "_ver": 1}}});
    let items = json!([
        item(501, "catalog/ext/x/document/a"),
        item(601, "catalog/ext/x/event/a"),
        item(701, "catalog/ext/x/thing/a"),
        item(801, "catalog/ext/x/other")
    ]);
    let neighbours = neighbours().answers(ServiceName::Catalog, Method::POST, "/catalog", items);
    let bench = ledger_with(database, neighbours).await;
    add(&bench, &[element("u-p", 1, &[(2, "h1"), (3, "h2")], &[4]), element("u-q", 11, &[(12, "h3")], &[])])
        .await;
    bench
}

async fn search(bench: &Bench, persons: &[&str], conditions: Vec<Value>) -> Value {
    let body = json!({"pxrId": persons, "condition": conditions});
    let reply = post(bench, &member(), "/ctoken-ledger/search", body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

on_both_databases! {
    async fn persons_are_found_by_what_is_held(database: Database) {
        let bench = filled(database).await;
        let found = search(&bench, &["q", "x", "p"], vec![
            condition("and", 601, 1, None), condition("or", 501, 1, Some(1)),
        ]).await;
        let held = |code: i64, count: i64| json!({"_code": {"_value": code, "_ver": 1}, "count": count});
        let expected = json!([
            {"pxrId": "q", "ctokens": [{"actor": {"_value": ACTOR}, "data": [held(601, 1)]}]},
            {"pxrId": "p", "ctokens": [{"actor": {"_value": ACTOR}, "data": [held(601, 2), held(501, 1)]}]},
        ]);
        assert_eq!(found.to_string(), expected.to_string());
    }

    async fn one_and_condition_that_fails_hides_all_of_them(database: Database) {
        let bench = filled(database).await;
        let both = vec![condition("and", 601, 1, None), condition("and", 501, 1, None)];
        assert_eq!(search(&bench, &["q"], both).await, json!([]));
        assert_eq!(search(&bench, &["p"], vec![condition("and", 701, 3, None)]).await, json!([]));
        assert_eq!(search(&bench, &["p"], vec![condition("or", 801, 1, Some(2))]).await[0]["pxrId"], "p");
        assert_eq!(search(&bench, &["p"], vec![]).await, json!([]));
        assert_eq!(search(&bench, &["x"], vec![condition("or", 601, 0, None)]).await, json!([]));
    }

    async fn only_members_of_the_root_search(database: Database) {
        let bench = filled(database).await;
        let body = json!({"pxrId": ["p"], "condition": [condition("or", 601, 0, None)]});
        for session in [individual(), application(), of_actor(&member(), ACTOR)] {
            assert_eq!(post(&bench, &session, "/ctoken-ledger/search", body.clone()).await.status, 401);
        }
        assert_eq!(bench.post("/ctoken-ledger/search").json(body).send().await.status, 401);
    }

    async fn a_code_that_the_catalog_does_not_know_is_refused(database: Database) {
        let bench = filled(database).await;
        let body = json!({"pxrId": ["p"], "condition": [condition("or", 999, 0, None)]});
        assert_eq!(post(&bench, &member(), "/ctoken-ledger/search", body).await.status, 400);
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = filled(database).await;
        let send = |body: Value| async { post(&bench, &member(), "/ctoken-ledger/search", body).await };
        assert_eq!(send(json!({"pxrId": [], "condition": "x"})).await.refused_fields(), ["pxrId", "condition"]);
        let broken = json!({"pxrId": [1], "condition": [{"type": "", "_code": 1, "max": "x"}]});
        assert_eq!(send(broken).await.refused_fields(), ["0", "type", "_code", "min", "max"]);
        for nothing in [json!({}), json!([]), json!([{}])] {
            assert_eq!(send(nothing).await.status, 400);
        }
    }
}
