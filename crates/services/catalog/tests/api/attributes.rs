//! Attributes of items.

use contract::catalog::{CatalogClient, Item, Via};
use serde_json::json;
use testkit::{application, member, on_both_databases};

use super::{EXT, catalog, get, item, post};

fn attribute() -> serde_json::Value {
    json!({
        "objects": [{"key": {"_value": 30004, "_ver": 1}, "value": {"company": {"_value": 1, "_ver": 1}}, "description": "d"}],
        "tags": [{"ns": EXT, "values": [{"_value": 1, "_ver": 1}]}, {"ns": "catalog/none", "values": null}],
    })
}

on_both_databases! {
    async fn only_the_attributes_of_the_newest_version_change(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        let mut body = item(
            json!(null),
            json!([{"key": "a", "type": {"of": "inner", "inner": "A"}}]),
            json!([{"key": "a", "value": [{"key": "b", "value": 1}]}]),
        );
        body["inner"] = json!([{"name": "A", "template": {"prop": [{"key": "b", "type": {"of": "number"}}]}}]);
        let before = post(&bench, "/catalog/ext", body).await.body;
        let put = |body| bench.put("/catalog/attribute").session(&member()).json(body).send();
        let after = put(json!({"code": 1000001, "attribute": attribute()})).await.body;
        assert_eq!(after["template"], before["template"]);
        assert_eq!(after["prop"], before["prop"]);
        assert_eq!(after["attribute"], json!({
            "objects": attribute()["objects"],
            "tags": [attribute()["tags"][0], {"ns": null, "values": null}],
        }));
        assert_eq!(get(&bench, "/catalog/1000001").await.body, after);
        let cleared = put(json!({"code": "1000001", "attribute": {"objects": [], "tags": []}})).await.body;
        assert_eq!(cleared, before);
    }

    /// As other services change an item: what they do not touch is in the new version, too.
    async fn a_new_version_made_of_the_old_one_keeps_all_of_it(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        let mut body = item(
            json!(null),
            json!([
                {"key": "a", "type": {"of": "inner[]", "candidate": {"inner": ["A", "B"]}}, "description": "d"},
                {"key": "deep", "type": {"of": "inner", "inner": "A"}},
                {"key": "number", "type": {"of": "number", "candidate": {"value": [1, 2]}}},
                {"key": "words", "type": {"of": "string[]"}},
            ]),
            json!([
                {"key": "a", "value": [{"key": "b", "value": 1}, {"key": "c", "value": null}]},
                {"key": "deep", "value": [{"key": "c", "value": [{"key": "text", "value": "x"}]}]},
                {"key": "number", "value": 2},
                {"key": "words", "value": "x"},
                {"key": "words", "value": "y"},
            ]),
        );
        let inner = json!([{"name": "C", "template": {"prop": [{"key": "text", "type": {"of": "string"}}]}}]);
        body["inner"] = json!([
            {"name": "A", "inner": inner, "template": {"prop": [
                {"key": "b", "type": {"of": "number"}}, {"key": "c", "type": {"of": "inner", "inner": "C"}}]}},
            {"name": "B", "template": {"prop": [{"key": "d", "type": {"of": "boolean"}}]}},
        ]);
        body["attribute"] = attribute();
        let parent = post(&bench, "/catalog/ext", body.clone()).await.body["catalogItem"]["_code"].clone();
        body["catalogItem"]["inherit"] = parent;
        // One that inherits the properties, and has one of its own.
        body["template"]["prop"] = json!([{"key": "own", "type": {"of": "inner", "inner": "B"}}]);
        body["template"]["value"].as_array_mut().unwrap().push(json!({"key": "own", "value": [{"key": "d", "value": true}]}));
        post(&bench, "/catalog/ext", body).await;
        let client = CatalogClient::new(bench.ground.clone(), Via::Service("/catalog-update"));
        for code in [1_000_001, 1_000_002] {
            let mut before = get(&bench, &format!("/catalog/{code}")).await.body;
            assert!(before["prop"].is_array() && before["attribute"].is_object(), "{before}");
            let classes = |version: i64| {
                let bench = &bench;
                async move {
                    let mut found = Vec::new();
                    for name in ["A", "B", "C"] {
                        let class = get(bench, &format!("/catalog/inner/{code}/{version}/{name}")).await.body;
                        found.push((class["prop"].clone(), class["template"].clone()));
                    }
                    found
                }
            };
            let read: Item = serde_json::from_value(before.clone()).unwrap();
            let document = client.document(&member(), &read).await.unwrap();
            client.change_item(&member(), document.code, &document.to_value()).await.unwrap();
            let mut after = get(&bench, &format!("/catalog/{code}")).await.body;
            assert_eq!(after["catalogItem"]["_code"]["_ver"], json!(2));
            for version in [&mut before, &mut after] {
                version["catalogItem"]["_code"] = json!(null);
                version["template"]["_code"] = json!(null);
                // The newest parent counts.
                version["catalogItem"]["inherit"]["_ver"] = json!(null);
                // Inherited values are written into the item from now on.
                version["value"] = json!(null);
            }
            assert_eq!(after, before);
            assert_eq!(classes(2).await, classes(1).await);
        }
    }

    async fn bad_attributes_are_refused(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        let put = |body| bench.put("/catalog/attribute").session(&member()).json(body).send();
        assert_eq!(put(json!({"code": 1000001, "attribute": {}})).await.status, 404);
        for (body, fields) in [
            (json!({"x": 1}), vec!["code", "attribute"]),
            (json!({"code": "x", "attribute": 1}), vec!["code", "attribute"]),
            (json!({"code": 1, "attribute": {"objects": {}, "tags": 1}}), vec!["objects", "tags"]),
            (json!({"code": 1, "attribute": {"objects": [{"key": {"_value": "x"}}]}}), vec!["_value", "_ver"]),
            (json!({"code": 1, "attribute": {"objects": [{"value": {"model-number": 1}}]}}), vec!["model-number"]),
            (json!({"code": 1, "attribute": {"tags": [{"values": [{"_value": 1}]}]}}), vec!["_ver"]),
        ] {
            assert_eq!(put(body.clone()).await.refused_fields(), fields, "{body}");
        }
        let body = json!({"code": 1, "attribute": {}});
        assert_eq!(bench.put("/catalog/attribute").session(&application()).json(body).send().await.status, 401);
    }

    async fn inherited_values_do_not_become_own_ones(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        let parent = |value: i64| item(json!(null), json!([{"key": "a", "type": {"of": "number"}}]), json!([{"key": "a", "value": value}]));
        post(&bench, "/catalog/ext", parent(1)).await;
        let mut child = item(json!(null), json!([{"key": "c", "type": {"of": "inner", "inner": "C"}}]), json!([{"key": "c", "value": [{"key": "x", "value": 7}]}]));
        child["catalogItem"]["inherit"] = json!({"_value": 1000001, "_ver": 1});
        child["inner"] = json!([{"name": "C", "template": {"prop": [{"key": "x", "type": {"of": "number"}}]}}]);
        let before = post(&bench, "/catalog/ext", child).await.body;
        let put = bench.put("/catalog/attribute").session(&member()).json(json!({"code": 1000002, "attribute": attribute()}));
        assert_eq!(put.send().await.status, 200);
        let set = json!({"name": "set", "attribute": [{"type": 1, "catalogCode": 1000002, "attribute": attribute()}]});
        let set = post(&bench, "/catalog/updateSet/register", set).await.body;
        let request = json!({"id": set["id"], "approvalActor": member().actor.unwrap().value});
        assert_eq!(post(&bench, "/catalog/updateSet/request", request).await.body["status"], 1);
        let after = get(&bench, "/catalog/1000002").await.body;
        assert_eq!((&after["template"], &after["prop"], &after["value"]), (&before["template"], &before["prop"], &before["value"]));
        assert_eq!(after["attribute"]["objects"], attribute()["objects"]);
        let changed = bench.put("/catalog/ext/1000001?versionUpFlag=false").session(&member()).json(parent(2)).send().await;
        assert_eq!(changed.status, 200);
        let template = get(&bench, "/catalog/1000002").await.body["template"].take();
        assert_eq!((&template["a"], &template["c"]), (&json!(2), &json!({"x": 7})));
    }
}
