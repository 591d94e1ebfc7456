//! Reading and writing items.

use serde_json::{Value, json};
use testkit::{individual, member, on_both_databases};
use vocabulary::Session;

use super::{EXT as NS, catalog, get, item, post};

on_both_databases! {
    async fn only_members_write(database: Database) {
        let bench = catalog(database, &[NS]).await;
        let body = item(Value::Null, Value::Null, Value::Null);
        let reply = bench.post("/catalog/ext").session(&individual()).json(body.clone()).send().await;
        assert_eq!(reply.status, 401);
        assert_eq!(bench.post("/catalog/ext").json(body).send().await.status, 401);
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
    async fn documents_that_cannot_be_stored_or_shown_are_refused(database: Database) {
        let bench = catalog(database, &[NS, "catalog/ext/test-org/cmatrix/x"]).await;
        let of = |prop: Value| item(json!(null), json!([prop]), json!(null));
        let long = "k".repeat(256);
        for (body, fields) in [
            (of(json!({"key": long, "type": {"of": "string"}})), vec!["key"]),
            (of(json!({"type": {"of": "string"}})), vec!["key"]),
            (of(json!({"key": "a", "type": {"of": "string", "cmatrix": {"index": long}}})), vec!["index"]),
            (of(json!({"key": "a\u{0}", "type": {"of": "string"}})), vec!["key"]),
            (json!({"catalogItem": {"ns": NS, "name": []}, "template": 1}), vec!["template", "catalogItem"]),
        ] {
            let reply = post(&bench, "/catalog/ext", body).await;
            assert_eq!(reply.refused_fields(), fields, "{}", reply.body);
        }
        let mut without_column = of(json!({"key": "a", "type": {"of": "string"}}));
        without_column["catalogItem"]["ns"] = json!("catalog/ext/test-org/cmatrix/x");
        assert_eq!(post(&bench, "/catalog/ext", without_column).await.refused_fields(), ["cmatrix"]);
        // Kinds that nobody knows vanish, as ever.
        let reply = post(&bench, "/catalog/ext", of(json!({"key": "a", "type": {"of": "nubmer"}}))).await;
        assert_eq!(reply.body["prop"], json!(null));
    }

    async fn codes_may_come_as_texts_and_empty_ones_count_as_absent(database: Database) {
        let bench = catalog(database, &[NS]).await;
        let mut body = item(json!("1000007"), json!(null), json!(null));
        body["catalogItem"]["inherit"] = json!({"_value": "", "_ver": ""});
        let created = post(&bench, "/catalog/ext", body).await.body;
        assert_eq!(created["catalogItem"]["_code"]["_value"], 1000007);
        assert_eq!(created["catalogItem"]["inherit"], json!(null));
        let bare = json!({"catalogItem": {"ns": NS, "name": "n", "_code": 1000500}});
        assert_eq!(post(&bench, "/catalog/ext", bare).await.body["catalogItem"]["_code"]["_value"], 1000008);
    }

    async fn more_codes_than_a_statement_has_parameters_are_read_at_once(database: Database) {
        let bench = catalog(database, &[NS]).await;
        post(&bench, "/catalog/ext", item(json!(null), json!(null), json!(null))).await;
        let codes: Vec<Value> = (1000001..1070001).map(|code| json!({"_code": {"_value": code}})).collect();
        let reply = post(&bench, "/catalog", Value::Array(codes)).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.body.as_array().unwrap().len(), 1);
    }

    async fn deleted_versions_are_shown_only_when_asked_for(database: Database) {
        let bench = catalog(database, &[NS]).await;
        post(&bench, "/catalog/ext", item(json!(null), json!(null), json!(null))).await;
        assert_eq!(bench.delete("/catalog/ext/1000001").session(&member()).send().await.status, 200);
        assert_eq!(bench.delete("/catalog/ext/1000001").session(&member()).send().await.status, 400);
        assert_eq!(get(&bench, "/catalog/1000001/1").await.status, 404);
        assert_eq!(get(&bench, "/catalog/1000001/1?includeDeleted=false").await.status, 404);
        assert_eq!(get(&bench, "/catalog/1000001/1/?includeDeleted=true").await.status, 200);
        assert_eq!(get(&bench, "/catalog/1000001/0?includeDeleted=true").await.status, 200);
        assert_eq!(get(&bench, "/catalog/1000001/1?includeDeleted=perhaps").await.status, 400);
        // What was deleted cannot be referred to.
        let mut child = item(json!(null), json!(null), json!(null));
        child["catalogItem"]["inherit"] = json!({"_value": 1000001, "_ver": 1});
        assert_eq!(post(&bench, "/catalog/ext", child).await.status, 400);
    }

    async fn the_newest_items_of_a_namespace_are_listed(database: Database) {
        let bench = catalog(database, &[NS, "catalog/ext/test-org/thing/below"]).await;
        for code in [1000002, 1000001] {
            post(&bench, "/catalog/ext", item(json!(code), json!(null), json!(null))).await;
        }
        let mut moved = item(json!(null), json!(null), json!(null));
        moved["catalogItem"]["ns"] = json!("catalog/ext/test-org/thing/below");
        bench.put("/catalog/ext/1000002").session(&member()).json(moved).send().await;
        let listed = get(&bench, &format!("/catalog?ns={NS}")).await.body;
        assert_eq!(listed.as_array().unwrap().len(), 1);
        assert_eq!(listed[0]["catalogItem"]["_code"]["_value"], 1000001);
        let below = get(&bench, "/catalog/?ns=catalog/ext/test-org/thing/below").await.body;
        assert_eq!(below[0]["catalogItem"]["_code"], json!({"_value": 1000002, "_ver": 2}));
    }

    async fn history_names_every_rule_that_is_broken(database: Database) {
        let bench = catalog(database, &[NS]).await;
        for (query, fields) in [
            ("x?min=1", vec!["code", "code", "code"]),
            ("1?min=0", vec!["min"]),
            ("1?min=9007199254740992", vec!["min"]),
            ("1", vec!["min"]),
            ("1?min=2&max=1", vec!["max"]),
        ] {
            let reply = get(&bench, &format!("/catalog/history/{query}")).await;
            assert_eq!(reply.refused_fields(), fields, "{query}");
        }
        assert_eq!(get(&bench, "/catalog/history/1?min=1").await.status, 404);
    }

    async fn nothing_is_found_under_the_code_0(database: Database) {
        let bench = catalog(database, &[NS]).await;
        assert_eq!(post(&bench, "/catalog/ext", item(json!(null), json!(null), json!(null))).await.status, 200);
        assert_eq!(get(&bench, "/catalog/0").await.status, 404);
        assert_eq!(get(&bench, "/catalog/0/1").await.status, 404);
        assert_eq!(get(&bench, "/catalog/inner/0/A").await.status, 404);
        assert_eq!(post(&bench, "/catalog", json!([{"_code": {"_value": 0}}])).await.status, 404);
        assert_eq!(bench.delete("/catalog/ext/0").session(&member()).send().await.status, 400);
        assert_eq!(get(&bench, "/catalog/1000001").await.status, 200);
    }

    async fn an_item_does_not_inherit_from_itself(database: Database) {
        let bench = catalog(database, &[NS]).await;
        let mut own = item(json!(1000001), json!(null), json!(null));
        own["catalogItem"]["inherit"] = json!({"_value": 1000001, "_ver": 1});
        assert_eq!(post(&bench, "/catalog/ext", own.clone()).await.status, 400);
        assert_eq!(get(&bench, "/catalog/1000001").await.status, 404);
        assert_eq!(post(&bench, "/catalog/ext", item(json!(1000001), json!(null), json!(null))).await.status, 200);
        let path = "/catalog/ext/1000001?versionUpFlag=false";
        assert_eq!(bench.put(path).session(&member()).json(own).send().await.status, 400);
        assert_eq!(get(&bench, "/catalog/1000001").await.status, 200);
    }

    async fn a_namespace_is_meant_to_the_letter(database: Database) {
        let bench = catalog(database, &["catalog/ext/test-org/actor/app", "catalog/ext/test-org/actor_1"]).await;
        for ns in ["catalog/ext/test-org/actor%", "catalog/ext/test-org/actor_app", "catalog/ext/test-org/actor__"] {
            let body = json!({"catalogItem": {"ns": ns, "name": "n"}});
            assert_eq!(post(&bench, "/catalog/ext", body).await.status, 400, "{ns}");
        }
        assert_eq!(bench.count("catalog_item").await, 0);
    }

    async fn reading_leaves_no_trace_of_the_reader(database: Database) {
        let bench = catalog(database, &[NS]).await;
        assert_eq!(post(&bench, "/catalog/ext", item(json!(null), json!(null), json!(null))).await.status, 200);
        bench.execute("update catalog_item set response = null, updated_by = 'writer'").await;
        let before = bench.text("updated_at", "catalog_item").await;
        bench.advance(chrono::TimeDelta::hours(1));
        assert_eq!(bench.get("/catalog/1000001").session(&individual()).send().await.status, 200);
        assert_ne!(bench.text("response", "catalog_item").await, "", "the answer was kept");
        assert_eq!(bench.text("updated_by", "catalog_item").await, "writer");
        assert_eq!(bench.text("updated_at", "catalog_item").await, before);
    }

    async fn a_version_that_is_left_out_is_the_first_of_what_is_still_to_come(database: Database) {
        let bench = catalog(database, &[NS]).await;
        let prop = json!([
            {"key": "a", "type": {"of": "code", "candidate": {"base": {"_value": 1000009, "_ver": null}}}},
            {"key": "b", "type": {"of": "number", "format": {"_value": 1000010, "_ver": null}, "unit": {"_value": 1000011}}},
        ]);
        assert_eq!(post(&bench, "/catalog/ext", item(json!(1000001), prop, json!(null))).await.status, 200);
        let reserved = "catalog_item where is_reserved = true order by code";
        assert_eq!(bench.texts("code", reserved).await, ["1000009", "1000010", "1000011"]);
        assert_eq!(bench.texts("version", reserved).await, ["1", "1", "1"]);
        assert_eq!(post(&bench, "/catalog/ext", item(json!(1000009), json!(null), json!(null))).await.status, 200);
        let shown = get(&bench, "/catalog/1000001").await.body;
        assert_eq!(shown["prop"][0]["type"]["candidate"]["base"], json!({"_value": 1000009, "_ver": 1}));
    }

    async fn whoever_has_no_name_is_noted_without_one(database: Database) {
        let bench = catalog(database, &[NS]).await;
        let mut nameless = member().object().clone();
        nameless.remove("loginId");
        let nameless = Session::from_json(Value::Object(nameless)).unwrap();
        let body = item(json!(null), json!(null), json!(null));
        assert_eq!(bench.post("/catalog/ext").session(&nameless).json(body).send().await.status, 200);
        assert_eq!(bench.text("created_by", "catalog_item").await, "");
    }
}
