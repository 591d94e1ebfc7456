//! Inner classes.

use serde_json::{Value, json};
use testkit::on_both_databases;

use super::{EXT, catalog, get, item, post};

/// An item whose property `a` is of the class `A` with these properties.
fn with_class(properties: &[&str], inherit: Value) -> Value {
    let properties: Vec<_> =
        properties.iter().map(|key| json!({"key": key, "type": {"of": "string"}})).collect();
    let mut body =
        item(json!(null), json!([{"key": "a", "type": {"of": "inner", "inner": "A"}}]), json!(null));
    body["catalogItem"]["inherit"] = inherit;
    body["inner"] = json!([
        {"name": "A", "template": {"prop": properties}, "inner": null},
        {"name": "Unused", "template": {"prop": properties}, "inner": null},
    ]);
    body
}

on_both_databases! {
    async fn a_class_shows_what_ancestors_declare_too(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        post(&bench, "/catalog/ext", with_class(&["y", "x"], json!(null))).await;
        post(&bench, "/catalog/ext", with_class(&["b"], json!({"_value": 1000001, "_ver": 1}))).await;
        let class = get(&bench, "/catalog/inner/1000002/A").await.body;
        assert_eq!(class["template"], json!({"b": null, "x": null, "y": null}));
        assert_eq!(class["template"].as_object().unwrap().keys().collect::<Vec<_>>(), ["b", "x", "y"]);
        let inherited: Vec<_> = class["prop"].as_array().unwrap().iter().map(|prop| prop["isInherit"].clone()).collect();
        assert_eq!(inherited, [json!(false), json!(true), json!(true)]);
        assert_eq!(class["inner"], json!({"name": "A"}));
        assert_eq!(get(&bench, "/catalog/inner/1000002/1/A").await.body, class);
        for path in ["1000002/B", "1000002/Unused", "1000002/2/A", "1000003/A"] {
            assert_eq!(get(&bench, &format!("/catalog/inner/{path}")).await.status, 404, "{path}");
        }
        assert_eq!(get(&bench, "/catalog/inner/x/A").await.refused_fields(), ["code"]);
    }

    async fn a_parent_that_is_not_there_is_left_out(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        let reply = post(&bench, "/catalog/ext", with_class(&["b"], json!({"_value": 1000009, "_ver": 1}))).await;
        let code = reply.body["catalogItem"]["_code"]["_value"].as_i64().unwrap();
        let class = get(&bench, &format!("/catalog/inner/{code}/A")).await;
        assert_eq!((class.status, &class.body["template"]), (200, &json!({"b": null})));
    }
}
