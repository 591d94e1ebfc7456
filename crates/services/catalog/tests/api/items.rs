//! Names, namespaces and items.

use serde_json::{Value, json};
use testkit::{individual, member, on_both_databases};

use super::{catalog, dormant, get, post};

const NS: &str = "catalog/ext/test-org/thing";

fn item(code: Value, prop: Value, value: Value) -> Value {
    json!({"catalogItem": {"ns": NS, "name": "n", "_code": {"_value": code, "_ver": null}},
           "template": {"prop": prop, "value": value}})
}

on_both_databases! {
    async fn nothing_answers_before_the_catalog_is_activated(database: Database) {
        let bench = dormant(database).await;
        for path in ["/catalog/name", "/catalog/ns?ns=a", "/catalog/1", "/catalog?ns=a"] {
            assert_eq!(get(&bench, path).await.status, 401, "{path}");
        }
        let name = json!({"name": "n", "description": "d", "ext_name": "test-org"});
        assert_eq!(post(&bench, "/catalog/name", name.clone()).await.status, 200);
        assert_eq!(post(&bench, "/catalog/name", name).await.status, 409);
        assert_eq!(get(&bench, "/catalog/name/").await.body["ext_name"], "test-org");
    }

    async fn a_name_with_broken_fields_lists_them_all(database: Database) {
        let bench = dormant(database).await;
        let reply = post(&bench, "/catalog/name", json!({"name": "x".repeat(256), "description": 1})).await;
        assert_eq!(reply.status, 400);
        assert_eq!(reply.refused_fields(), ["name", "description", "ext_name"]);
        assert_eq!(bench.post("/catalog/name").session(&member()).text("{").send().await.status, 400);
        assert_eq!(post(&bench, "/catalog/name", json!([])).await.status, 400);
    }

    async fn only_members_write(database: Database) {
        let bench = catalog(database, &[NS]).await;
        let body = item(Value::Null, Value::Null, Value::Null);
        let reply = bench.post("/catalog/ext").session(&individual()).json(body.clone()).send().await;
        assert_eq!(reply.status, 401);
        assert_eq!(bench.post("/catalog/ext").json(body).send().await.status, 401);
    }

    async fn a_namespace_exists_once_and_not_while_it_is_used(database: Database) {
        let bench = catalog(database, &[NS]).await;
        let again = json!({"ns": NS, "description": "d"});
        assert_eq!(post(&bench, "/catalog/ns/ext", again.clone()).await.status, 409);
        assert_eq!(post(&bench, "/catalog/ns/model", again).await.status, 400);
        // An underscore is no wildcard.
        let near = json!({"ns": "catalog/ext/test-org/thin_", "description": "d"});
        let near = post(&bench, "/catalog/ns/ext", near).await;
        assert_eq!(near.status, 200);
        assert_eq!(post(&bench, "/catalog/ext", item(json!(null), json!(null), json!(null))).await.status, 200);
        let used = get(&bench, &format!("/catalog/ns?ns={NS}")).await.body[0]["id"].as_i64().unwrap();
        assert_eq!(bench.delete(&format!("/catalog/ns/ext/{used}")).session(&member()).send().await.status, 409);
        let unused = near.body["id"].as_i64().unwrap();
        assert_eq!(bench.delete(&format!("/catalog/ns/ext/{unused}")).session(&member()).send().await.status, 200);
        assert_eq!(get(&bench, &format!("/catalog/ns/{unused}")).await.status, 404);
    }

    async fn codes_are_given_in_order_and_never_twice(database: Database) {
        let bench = catalog(database, &[NS]).await;
        let first = post(&bench, "/catalog/ext", item(json!(null), json!(null), json!(null))).await;
        assert_eq!(first.body["catalogItem"]["_code"], json!({"_value": 1000001, "_ver": 1}));
        let given = post(&bench, "/catalog/ext", item(json!(1000010), json!(null), json!(null))).await;
        assert_eq!(given.status, 200);
        assert_eq!(post(&bench, "/catalog/ext", item(json!(1000010), json!(null), json!(null))).await.status, 400);
        assert_eq!(post(&bench, "/catalog/ext", item(json!(5), json!(null), json!(null))).await.status, 400);
        let next = post(&bench, "/catalog/ext", item(json!(null), json!(null), json!(null))).await;
        assert_eq!(next.body["catalogItem"]["_code"]["_value"], 1000011);
        // A deleted code stays taken.
        assert_eq!(bench.delete("/catalog/ext/1000010").session(&member()).send().await.status, 200);
        assert_eq!(get(&bench, "/catalog/1000010").await.status, 404);
        assert_eq!(post(&bench, "/catalog/ext", item(json!(1000010), json!(null), json!(null))).await.status, 400);
    }

    async fn items_created_at_once_get_different_codes(database: Database) {
        let bench = catalog(database, &[NS]).await;
        let body = item(json!(null), json!([{"key": "a", "type": {"of": "string"}}]), json!(null));
        let create = || async { post(&bench, "/catalog/ext", body.clone()).await };
        let (a, b, c, d) = tokio::join!(create(), create(), create(), create());
        let mut codes: Vec<_> =
            [a, b, c, d].iter().map(|reply| reply.body["catalogItem"]["_code"]["_value"].as_i64().unwrap()).collect();
        codes.sort_unstable();
        assert_eq!(codes, [1000001, 1000002, 1000003, 1000004]);
    }

    async fn a_child_shows_its_own_values_over_those_of_its_parent(database: Database) {
        let bench = catalog(database, &[NS]).await;
        let parent = item(
            json!(1000001),
            json!([{"key": "b", "type": {"of": "string[]"}}, {"key": "a", "type": {"of": "number"}}]),
            json!([{"key": "a", "value": 1}, {"key": "b", "value": "x"}, {"key": "b", "value": "y"}]),
        );
        assert_eq!(post(&bench, "/catalog/ext", parent).await.status, 200);
        let mut child = item(json!(1000002), json!(null), json!([{"key": "b", "value": "z"}, {"key": "?", "value": 1}]));
        child["catalogItem"]["inherit"] = json!({"_value": 1000001});
        let child = post(&bench, "/catalog/ext", child).await;
        assert_eq!(child.body["template"], json!({"_code": {"_value": 1000002, "_ver": 1}, "a": 1, "b": ["z"]}));
        assert_eq!(child.body["prop"][0]["key"], "a");
        assert_eq!(child.body["prop"][0]["isInherit"], true);
        assert_eq!(child.body, get(&bench, "/catalog/1000002").await.body);
        // A parent overwritten in place shows at once.
        let overwritten = item(json!(null), json!([{"key": "a", "type": {"of": "number"}}]), json!([{"key": "a", "value": 2}]));
        let reply = bench.put("/catalog/ext/1000001?versionUpFlag=false").session(&member()).json(overwritten).send().await;
        assert_eq!(reply.body["catalogItem"]["_code"]["_ver"], 1);
        assert_eq!(get(&bench, "/catalog/1000002").await.body["template"]["a"], 2);
    }

    async fn versions_grow_and_stay_readable(database: Database) {
        let bench = catalog(database, &[NS]).await;
        for value in [1, 2, 3] {
            let body = item(json!(1000001), json!([{"key": "a", "type": {"of": "number"}}]), json!([{"key": "a", "value": value}]));
            let request = if value == 1 { bench.post("/catalog/ext") } else { bench.put("/catalog/ext/1000001") };
            assert_eq!(request.session(&member()).json(body).send().await.status, 200);
        }
        assert_eq!(get(&bench, "/catalog/1000001").await.body["template"]["a"], 3);
        assert_eq!(get(&bench, "/catalog/1000001/2/?includeDeleted=true").await.body["template"]["a"], 2);
        assert_eq!(get(&bench, "/catalog/1000001/4").await.status, 404);
        let history = get(&bench, "/catalog/history/1000001?min=2").await.body;
        assert_eq!(history.as_array().unwrap().len(), 2);
        assert_eq!(get(&bench, "/catalog/history/1000001?min=3&max=2").await.status, 400);
        let several = post(&bench, "/catalog", json!([{"_code": {"_value": 1000001, "_ver": 1}}, {"_code": {"_value": 9}}])).await;
        assert_eq!(several.body.as_array().unwrap().len(), 1);
        assert_eq!(post(&bench, "/catalog", json!([])).await.status, 404);
        assert_eq!(post(&bench, "/catalog", json!({"a": 1})).await.status, 400);
    }

    async fn a_code_referred_to_before_it_exists_is_not_readable(database: Database) {
        let bench = catalog(database, &[NS]).await;
        let mut child = item(json!(1000002), json!(null), json!(null));
        child["catalogItem"]["inherit"] = json!({"_value": 1000001, "_ver": 1});
        assert_eq!(post(&bench, "/catalog/ext", child).await.status, 200);
        assert_eq!(get(&bench, "/catalog/1000001").await.status, 404);
        let body = item(json!(null), json!(null), json!(null));
        let reply = bench.put("/catalog/ext/1000001?versionUpFlag=false").session(&member()).json(body).send().await;
        assert_eq!(reply.status, 400);
        let mut parent = item(json!(1000001), json!(null), json!(null));
        assert_eq!(post(&bench, "/catalog/ext", parent.clone()).await.status, 200);
        // Nobody is their own grandparent.
        parent["catalogItem"]["inherit"] = json!({"_value": 1000002, "_ver": 1});
        let reply = bench.put("/catalog/ext/1000001?versionUpFlag=false").session(&member()).json(parent).send().await;
        assert_eq!(reply.status, 400);
    }

    async fn bad_items_are_refused_and_nothing_is_left_of_them(database: Database) {
        let bench = catalog(database, &[NS]).await;
        let candidate = json!([{"key": "a", "type": {"of": "code", "candidate": {"ns": ["catalog/ext/none"]}}}]);
        assert_eq!(post(&bench, "/catalog/ext", item(json!(null), candidate, json!(null))).await.status, 400);
        assert_eq!(post(&bench, "/catalog/ext", json!({"catalogItem": {}})).await.status, 400);
        assert_eq!(post(&bench, "/catalog/ext", json!({})).await.status, 400);
        assert_eq!(post(&bench, "/catalog/ext", json!({"catalogItem": {"ns": "x"}})).await.status, 400);
        assert_eq!(post(&bench, "/catalog/model", item(json!(null), json!(null), json!(null))).await.status, 400);
        assert_eq!(get(&bench, &format!("/catalog?ns={NS}")).await.status, 404);
        assert_eq!(bench.put("/catalog/ext/x").session(&member()).json(json!({"catalogItem": {"ns": NS}})).send().await.status, 400);
        assert_eq!(bench.put("/catalog/ext/7").session(&member()).json(json!({"catalogItem": {"ns": NS}})).send().await.status, 400);
    }
}
