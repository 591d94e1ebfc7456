//! What is found wrong with a catalog before it is sent.

use serde_json::{Value, json};
use starter_catalog::{Catalog, Item, Kind, Namespace, Society, check};

/// A catalog of model items in `catalog/model/a`, by code and document without its head.
fn catalog(items: &[(i64, Value)]) -> Catalog {
    let namespace = |ns: &str| Namespace { kind: Kind::Model, ns: ns.to_owned(), description: Value::Null };
    let item = |(code, parts): &(i64, Value)| {
        let mut document = parts.clone();
        document["catalogItem"] = json!({
            "ns": parts["ns"].as_str().unwrap_or("catalog/model/a"), "name": "n", "description": null,
            "_code": {"_value": code, "_ver": parts["ver"]}, "inherit": {"_value": parts["parent"], "_ver": null},
        });
        Item { kind: Kind::Model, code: Some(*code), document, source: code.to_string() }
    };
    Catalog {
        society: Society { name: String::new(), description: String::new(), ext_name: "city".into() },
        namespaces: vec![namespace("catalog/model/a")],
        items: items.iter().map(item).collect(),
    }
}

fn property(described: &Value) -> Value {
    json!({"template": {"prop": [{"key": "p", "type": described}]}})
}

fn problems(items: &[(i64, Value)]) -> Vec<String> {
    check(&catalog(items)).iter().map(ToString::to_string).collect()
}

#[test]
fn a_reference_that_leads_nowhere_is_named() {
    let nine = json!({"_value": 9, "_ver": null});
    for described in [
        json!({"of": "item", "_code": nine}),
        json!({"of": "string", "format": nine}),
        json!({"of": "number", "unit": nine}),
        json!({"of": "code", "candidate": {"base": nine}}),
        json!({"of": "code", "candidate": {"_code": [nine]}}),
    ] {
        assert_eq!(problems(&[(1, property(&described))]), ["1: p refers to 9, which is not in the catalog"]);
    }
    assert_eq!(
        problems(&[(1, json!({"parent": 9}))]),
        ["1: inherit refers to 9, which is not in the catalog"]
    );
}

#[test]
fn a_version_that_is_not_there_is_named() {
    let described = json!({"of": "item", "_code": {"_value": 1, "_ver": 2}});
    assert_eq!(
        problems(&[(1, json!({})), (3, property(&described))]),
        ["3: p refers to 1 version 2, which is not in the catalog"]
    );
}

#[test]
fn a_namespace_that_is_not_there_is_named() {
    assert_eq!(
        problems(&[(1, json!({"ns": "catalog/model/b"}))]),
        ["1: its namespace catalog/model/b is not in the catalog"]
    );
    let inside = |ns: &str| property(&json!({"of": "code", "candidate": {"ns": [ns]}}));
    assert_eq!(problems(&[(1, inside("catalog/model/a/*"))]), [""; 0]);
    assert_eq!(
        problems(&[(1, inside("catalog/model/b/*"))]),
        ["1: the property p refers to the namespace catalog/model/b/*, which is not in the catalog"]
    );
}

#[test]
fn a_kind_or_class_that_is_not_there_is_named() {
    assert_eq!(
        problems(&[(1, property(&json!({"of": "nubmer"})))]),
        [r#"1: the property p is of the unknown kind "nubmer" and would vanish"#]
    );
    for described in
        [json!({"of": "inner", "inner": "A"}), json!({"of": "inner", "candidate": {"inner": ["A"]}})]
    {
        assert_eq!(
            problems(&[(1, property(&described))]),
            ["1: the property p refers to the class A, which is not declared"]
        );
    }
}

#[test]
fn codes_are_in_the_range_of_their_part_and_given_once_a_version() {
    assert_eq!(problems(&[(10001, json!({}))]), ["10001: its code 10001 is outside 1–10000"]);
    assert_eq!(problems(&[(1, json!({})), (1, json!({"ver": 2}))]), [""; 0]);
    assert_eq!(
        problems(&[(1, json!({})), (1, json!({"ver": 1}))]),
        ["1: the code 1 is given twice at version 1"]
    );
}

#[test]
fn a_circle_of_inheritance_is_found_at_each_of_its_items() {
    let items = [(1, json!({"parent": 2})), (2, json!({"parent": 1})), (3, json!({"parent": 3}))];
    assert_eq!(
        problems(&items),
        ["1: it inherits from itself", "2: it inherits from itself", "3: it inherits from itself"]
    );
}

#[test]
fn a_value_is_for_a_property_of_the_item_or_its_parents() {
    let class = json!({"name": "A", "template": {"prop": [{"key": "x", "type": {"of": "string"}}]}});
    let mut parent = property(&json!({"of": "inner[]", "inner": "A"}));
    parent["inner"] = json!([class]);
    let child = |key: &str, inside: &str| json!({"parent": 1, "template": {"value": [{"key": key, "value": [{"key": inside, "value": "v"}]}]}});
    assert_eq!(problems(&[(1, parent.clone()), (2, child("p", "x"))]), [""; 0]);
    assert_eq!(problems(&[(1, parent.clone()), (2, child("q", "x"))]), ["2: the value q is for no property"]);
    assert_eq!(problems(&[(1, parent), (2, child("p", "y"))]), ["2: the value p/y is for no property"]);
}

#[test]
fn a_value_inside_an_embedded_item_is_for_a_property_of_that_item() {
    let page = property(&json!({"of": "string"}));
    let mut holder = property(&json!({"of": "item", "candidate": {"_code": [{"_value": 1, "_ver": 1}]}}));
    holder["template"]["value"] = json!([{"key": "p", "value": [{"key": "other", "value": "v"}]}]);
    assert_eq!(problems(&[(1, page), (2, holder)]), ["2: the value p/other is for no property"]);
}

#[test]
fn attributes_are_checked_too() {
    assert_eq!(
        problems(&[(1, json!({"attribute": []}))]),
        ["1: its attribute is a list and would be ignored"]
    );
    let attribute = json!({
        "objects": [{"key": {"_value": 8, "_ver": 1}}],
        "tags": [{"ns": "catalog/model/b", "values": [{"_value": 9}]}],
    });
    assert_eq!(problems(&[(1, json!({"attribute": attribute}))]).len(), 3);
}

#[test]
fn namespaces_are_given_once_and_below_the_own_name() {
    let mut catalog = catalog(&[]);
    catalog.namespaces.push(catalog.namespaces[0].clone());
    let ns = "catalog/ext/town/a".to_owned();
    catalog.namespaces.push(Namespace { kind: Kind::Ext, ns, description: Value::Null });
    let problems = check(&catalog);
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert_eq!(problems[0].reason, "the namespace is given twice");
    assert!(problems[1].reason.contains("catalog/ext/city/"));
}
