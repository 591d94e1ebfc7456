//! A fetched item turned back into the document that changes it (spec: catalog-update 4.0.7). What nobody changes stays
//! (6.3, C12): values, properties of its own with the classes that they use, attributes.

use serde_json::{Map, Value, json};
use vocabulary::{Code, CodeVersion};

use crate::catalog::Item;

/// A document under change: the values of an item as a list of `{key, value}`.
#[derive(Clone, Debug)]
pub struct Document {
    pub code: Code,
    head: Value,
    values: Vec<Value>,
    prop: Vec<Value>,
    inner: Value,
    attribute: Value,
}

impl Document {
    /// `inner`: the classes that the item's own properties use.
    pub(crate) fn new(item: &Item, inner: Value) -> Self {
        let head = json!({
            "ns": item.head.ns,
            "name": item.head.name,
            "_code": {"_value": item.head.code.value, "_ver": null},
            "inherit": item.head.inherit.map(|parent| json!({"_value": parent.value, "_ver": null})),
            "description": item.head.description,
        });
        let no_values = Map::new();
        let template = item.template.as_object().unwrap_or(&no_values);
        let values = template.iter().filter(|(key, _)| *key != "_code");
        let values = values.flat_map(|(key, value)| entries(key, value)).collect();
        let (prop, attribute) = (own(&item.prop), item.attribute.clone());
        Self { code: item.head.code.value, head, values, prop, inner, attribute }
    }

    pub fn push(&mut self, key: &str, value: Value) {
        self.values.push(json!({"key": key, "value": value}));
    }

    /// Adds a reference to a list of them, which stands in the place of "none".
    pub fn refer(&mut self, key: &str, to: CodeVersion) {
        self.values.retain(|entry| entry["key"] != key || !entry["value"].is_null());
        self.push(key, reference(to));
    }

    /// Takes a reference out of a list, whatever its version.
    pub fn forget(&mut self, key: &str, code: Code) {
        let is_it = |entry: &Value| entry["key"] == key && entry["value"][0]["value"] == json!(code);
        self.values.retain(|entry| !is_it(entry));
    }

    /// Sets a value that is there once.
    pub fn set(&mut self, key: &str, value: Value) {
        self.values.retain(|entry| entry["key"] != key);
        self.push(key, value);
    }

    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({
            "catalogItem": self.head,
            "template": {"value": self.values, "prop": some(self.prop.clone())},
            "inner": self.inner,
            "attribute": self.attribute,
        })
    }
}

/// None is written as null.
fn some(list: Vec<Value>) -> Value {
    if list.is_empty() { Value::Null } else { list.into() }
}

/// The properties that an item, or a class, does not inherit, as they are registered.
pub(crate) fn own(prop: &Value) -> Vec<Value> {
    let all = prop.as_array().into_iter().flatten();
    let mut own: Vec<_> = all.filter(|property| property["isInherit"] == false).cloned().collect();
    for property in own.iter_mut().filter_map(Value::as_object_mut) {
        property.shift_remove("isInherit");
    }
    own
}

/// The classes that properties use, each once.
pub(crate) fn classes_of(prop: &[Value]) -> Vec<&str> {
    let mut names = Vec::new();
    for property in prop {
        let kind = &property["type"];
        let candidates = kind["candidate"]["inner"].as_array().into_iter().flatten();
        for name in [&kind["inner"]].into_iter().chain(candidates).filter_map(Value::as_str) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// A class as it is registered.
pub(crate) fn class(name: &str, prop: Vec<Value>, inner: Value) -> Value {
    json!({"name": name, "template": {"prop": some(prop), "value": null}, "inner": inner})
}

/// A reference to an item as a list of `{key, value}`.
#[must_use]
pub fn reference(to: CodeVersion) -> Value {
    json!([{"key": "_value", "value": to.value}, {"key": "_ver", "value": to.ver}])
}

/// One entry a value; an array is its key repeated.
fn entries(key: &str, value: &Value) -> Vec<Value> {
    let entry = |value: Value| json!({"key": key, "value": value});
    match value {
        Value::Array(elements) => elements.iter().map(|element| entry(inside(element))).collect(),
        other => vec![entry(inside(other))],
    }
}

/// An object as a list of its members; anything else is itself.
fn inside(value: &Value) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    members.iter().flat_map(|(key, value)| entries(key, value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(template: &Value) -> Document {
        let item = json!({
            "catalogItem": {"ns": "n", "name": "x", "_code": {"_value": 5, "_ver": 3}, "inherit": {"_value": 1, "_ver": 1}},
            "template": template,
        });
        Document::new(&serde_json::from_value::<Item>(item).unwrap(), Value::Null)
    }

    fn values(document: &Document) -> Value {
        document.to_value()["template"]["value"].clone()
    }

    #[test]
    fn arrays_become_repeated_keys_and_objects_lists_of_members() {
        let template = json!({
            "_code": {"_value": 5, "_ver": 3},
            "none": null,
            "words": ["a", "b"],
            "status": [{"by": {"_value": 1, "_ver": 1}, "at": null}],
            "empty": [],
        });
        let expected = json!([
            {"key": "none", "value": null},
            {"key": "words", "value": "a"},
            {"key": "words", "value": "b"},
            {"key": "status", "value": [
                {"key": "by", "value": [{"key": "_value", "value": 1}, {"key": "_ver", "value": 1}]},
                {"key": "at", "value": null},
            ]},
        ]);
        assert_eq!(values(&document(&template)), expected);
    }

    #[test]
    fn properties_of_its_own_and_attributes_stay() {
        let kind =
            json!({"of": "inner[]", "inner": "A", "cmatrix": null, "candidate": {"inner": ["A", "B"]}});
        let property = |key: &str, inherited: bool| json!({"key": key, "type": kind, "description": null, "isInherit": inherited});
        let attribute = json!({"objects": [], "tags": [{"ns": "n", "values": null}]});
        let item = json!({
            "catalogItem": {"ns": "n", "_code": {"_value": 5, "_ver": 3}}, "template": {},
            "prop": [property("a", true), property("b", false)], "attribute": attribute,
        });
        let inner = json!([class("A", Vec::new(), Value::Null)]);
        let item = serde_json::from_value::<Item>(item).unwrap();
        let whole = Document::new(&item, inner.clone()).to_value();
        let expected = json!([{"key": "b", "type": kind, "description": null}]);
        assert_eq!((&whole["template"]["prop"], &whole["inner"]), (&expected, &inner));
        assert_eq!(whole["attribute"], attribute);
        assert_eq!(classes_of(&own(&item.prop)), ["A", "B"]);
        // No properties are no list of them.
        assert_eq!(document(&json!({})).to_value()["template"]["prop"], Value::Null);
    }

    #[test]
    fn a_document_names_its_item_without_versions() {
        let whole = document(&json!({})).to_value();
        assert_eq!(whole["catalogItem"]["_code"], json!({"_value": 5, "_ver": null}));
        assert_eq!(whole["catalogItem"]["inherit"], json!({"_value": 1, "_ver": null}));
        let orphan = json!({"catalogItem": {"ns": "n", "_code": {"_value": 5, "_ver": 3}, "inherit": null}, "template": {}});
        let whole = Document::new(&serde_json::from_value::<Item>(orphan).unwrap(), Value::Null).to_value();
        assert_eq!(whole["catalogItem"]["inherit"], Value::Null);
    }

    #[test]
    fn references_are_added_in_the_place_of_none_and_taken_out_in_any_version() {
        let mut alliance = document(&json!({"alliance": null}));
        alliance.refer("alliance", CodeVersion::new(7, 2));
        let one = json!([{"key": "alliance", "value": [{"key": "_value", "value": 7}, {"key": "_ver", "value": 2}]}]);
        assert_eq!(values(&alliance), one);
        let mut alliance =
            document(&json!({"alliance": [{"_value": 7, "_ver": 1}, {"_value": 8, "_ver": 1}]}));
        alliance.forget("alliance", Code(7));
        assert_eq!(values(&alliance)[0]["value"][0]["value"], json!(8));
        assert_eq!(values(&alliance).as_array().map(Vec::len), Some(1));
    }
}
