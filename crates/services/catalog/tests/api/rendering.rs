//! How items are shown (spec: catalog 4.8).

use serde_json::{Value, json};
use testkit::on_both_databases;

use super::{EXT, catalog, get, item, post};

const COLUMNS: &str = "catalog/ext/test-org/cmatrix/thing";

/// An item that embeds columns of the data matrix, as things and events do.
fn thing(code: i64, inherit: Value, value: Value) -> Value {
    let mut body = item(
        json!(code),
        json!([
            {"key": "code", "type": {"of": "item", "_code": {"_value": 1000001, "_ver": 1}}},
            {"key": "env", "type": {"of": "item[]", "cmatrix": {"index": "4_3_(n)", "reserved": true}}},
            {"key": "wf", "type": {"of": "inner", "inner": "Wf"}},
            {"key": "list", "type": {"of": "string[]"}},
            {"key": "Z", "type": {"of": "boolean"}},
        ]),
        value,
    );
    body["catalogItem"]["inherit"] = inherit;
    body["inner"] = json!([{"name": "Wf", "template": {"prop": [
        {"key": "code", "type": {"of": "item", "_code": {"_value": 1000001, "_ver": 1}}},
        {"key": "roles", "type": {"of": "code[]"}},
        {"key": "deep", "type": {"of": "inner[]", "inner": "Deep"}},
    ]}, "inner": [{"name": "Deep", "template": {"prop": [{"key": "code", "type": {"of": "string"}}]}}]}]);
    body
}

fn code(value: i64) -> Value {
    json!([{"key": "_value", "value": value}, {"key": "_ver", "value": "1"}])
}

on_both_databases! {
    async fn columns_codes_and_classes_stand_where_clients_look_for_them(database: Database) {
        let bench = catalog(database, &[EXT, COLUMNS]).await;
        let column = json!({
            "catalogItem": {"ns": COLUMNS, "name": "c", "_code": {"_value": 1000001}},
            "template": {"prop": [{"key": "@value", "type": {"of": "string", "cmatrix": {"index": "4_1_2", "reserved": false}}}]},
        });
        let column = post(&bench, "/catalog/ext", column).await.body;
        assert_eq!(column["template"], json!({
            "@value": {"index": "4_1_2", "value": null}, "_code": {"_value": 1000001, "_ver": 1},
            "index": "4_1_2", "value": null,
        }));
        let shown = post(&bench, "/catalog/ext", thing(1000002, json!(null), json!(null))).await.body;
        assert_eq!(shown["template"], json!({
            "Z": null, "_code": {"_value": 1000002, "_ver": 1},
            // Data types carry their own code.
            "code": {"index": "4_1_2", "value": {"_value": 1000002, "_ver": 1}},
            "env": [{"index": "4_3_(n)", "value": null}],
            "list": null, "wf": null,
        }));
        assert_eq!(shown["template"].as_object().unwrap().keys().next().unwrap(), "Z");
        assert_eq!(shown["prop"][2]["type"], json!({
            "of": "item[]", "cmatrix": {"index": "4_3_(n)", "reserved": true}, "candidate": null,
        }));
        let value = json!([
            {"key": "code", "value": code(5)},
            {"key": "env", "value": code(7)}, {"key": "env", "value": code(8)},
            {"key": "wf", "value": [
                {"key": "code", "value": code(9)},
                {"key": "roles", "value": code(10)}, {"key": "roles", "value": code(11)},
                {"key": "deep", "value": [{"key": "code", "value": "text"}]},
                {"key": "unknown", "value": 1},
            ]},
            {"key": "list", "value": "a"}, {"key": "list", "value": "b"},
            {"key": "unknown", "value": 1},
        ]);
        let shown = post(&bench, "/catalog/ext", thing(1000003, json!(null), value.clone())).await.body;
        assert_eq!(shown["template"], json!({
            "Z": null, "_code": {"_value": 1000003, "_ver": 1},
            "code": {"index": "4_1_2", "value": {"_value": 5, "_ver": 1}},
            "env": [
                {"index": "4_3_1", "value": {"_value": 7, "_ver": 1}},
                {"index": "4_3_2", "value": {"_value": 8, "_ver": 1}},
            ],
            "list": ["a", "b"],
            "wf": {
                "code": {"index": "4_1_2", "value": {"_value": 9, "_ver": 1}},
                "roles": [{"_value": 10, "_ver": 1}, {"_value": 11, "_ver": 1}],
                // Two classes know a `code`; each value is read by its own.
                "deep": [{"code": "text"}],
            },
        }));
        assert_eq!(shown["value"], value);
        let own = json!([{"key": "list", "value": "c"}]);
        let child = item(json!(1000004), json!(null), own.clone());
        let mut child = child;
        child["catalogItem"]["inherit"] = json!({"_value": 1000003});
        let child = post(&bench, "/catalog/ext", child).await.body;
        assert_eq!(child["template"]["list"], json!(["c"]));
        assert_eq!(child["template"]["wf"], shown["template"]["wf"]);
        assert_eq!(child["value"][0], own[0]);
        assert!(child["prop"].as_array().unwrap().iter().all(|prop| prop["isInherit"] == true));
        assert_eq!(get(&bench, "/catalog/1000004").await.body, child);
    }

    async fn an_overwritten_column_is_shown_no_more(database: Database) {
        let bench = catalog(database, &[COLUMNS]).await;
        let column = |index: &str, reserved: bool| json!({
            "catalogItem": {"ns": COLUMNS, "name": "c", "_code": {"_value": 1000001}},
            "template": {"prop": [{"key": "@value", "type": {"of": "string", "cmatrix": {"index": index, "reserved": reserved}}}]},
        });
        post(&bench, "/catalog/ext", column("4_1_2", true)).await;
        for (index, reserved) in [("4_1_3", false), ("4_1_2", false), ("4_1_3", true)] {
            let body = column(index, reserved);
            let overwritten = bench.put("/catalog/ext/1000001?versionUpFlag=false").session(&testkit::member()).json(body).send().await;
            assert_eq!(overwritten.status, 200);
            let shown = get(&bench, "/catalog/1000001").await.body;
            assert_eq!(shown["template"]["index"], index);
            assert_eq!(shown["prop"][0]["type"]["cmatrix"], json!({"index": index, "reserved": reserved}));
        }
    }

    async fn of_a_repeated_number_in_a_structure_the_last_one_counts(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        let part = item(json!(1000001), json!([{"key": "x", "type": {"of": "number"}}]), json!(null));
        post(&bench, "/catalog/ext", part).await;
        let whole = item(
            json!(1000002),
            json!([{"key": "part", "type": {"of": "item", "candidate": {"_code": [{"_value": 1000001, "_ver": 1}]}}}]),
            json!([{"key": "part", "value": [{"key": "x", "value": 1}, {"key": "x", "value": 2}]}]),
        );
        let whole = post(&bench, "/catalog/ext", whole).await;
        assert_eq!((whole.status, &whole.body["template"]["part"]), (200, &json!({"x": 2})));
    }
}
