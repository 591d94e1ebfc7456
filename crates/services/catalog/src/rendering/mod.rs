//! How an item looks to its readers (spec: catalog 4.8): its own values over those of its ancestors.
//!
//! Everything here is a function over loaded rows; [`crate::store`] loads them.

mod convert;
mod shape;
mod template;
mod written;

pub(crate) use template::is_data_type;
pub(crate) use written::{description, written};

use std::cmp::Ordering;

use serde_json::{Value, json};

pub(crate) use shape::{Attribute, Candidate, Library, Property, Shape, Template};

/// The whole item, field order as clients know it (spec: catalog 4.4); template and properties in the order in
/// which they arise, as the reference keeps them.
pub(crate) fn render(leaf: &Shape, library: &Library) -> Value {
    let ancestors = library.ancestors(leaf);
    let (template, prop) = template::template(leaf, &ancestors, library);
    json!({
        "catalogItem": {
            "ns": leaf.ns,
            "name": leaf.name,
            "_code": leaf.code,
            "inherit": leaf.inherit,
            "description": leaf.description,
        },
        "template": template,
        "prop": prop,
        "value": values(leaf, &ancestors),
        "attribute": attribute(&leaf.attributes),
    })
}

/// An inner class of an item, with what its ancestors say about it (spec: catalog 4.5).
pub(crate) fn render_class(leaf: &Shape, class: &str, library: &Library) -> Option<Value> {
    let ancestors = library.ancestors(leaf);
    let (template, prop) = template::class(leaf, &ancestors, class, library)?;
    Some(arranged(json!({
        "catalogItem": {
            "ns": leaf.ns,
            "name": leaf.name,
            "_code": leaf.code,
            "inherit": leaf.inherit,
            "description": leaf.description,
        },
        "template": template,
        "prop": prop,
        "inner": {"name": class},
    })))
}

/// A rendered item as readers get it: template and properties sorted by their keys.
pub(crate) fn arranged(mut item: Value) -> Value {
    if let Some(Value::Object(template)) = item.get_mut("template") {
        let mut entries: Vec<_> = std::mem::take(template).into_iter().collect();
        entries.sort_by(|(left, _), (right, _)| by_utf16(left, right));
        *template = entries.into_iter().collect();
    }
    if let Some(Value::Array(prop)) = item.get_mut("prop") {
        let key = |property: &Value| property["key"].as_str().unwrap_or_default().to_owned();
        prop.sort_by(|left, right| by_utf16(&key(left), &key(right)));
    }
    item
}

/// As JavaScript compares texts.
fn by_utf16(left: &str, right: &str) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

/// The item's own values, then those of its ancestors under other keys.
fn values(leaf: &Shape, ancestors: &[&Shape]) -> Value {
    let own = leaf.values();
    let is_own = |value: &Value| own.iter().any(|other| other["key"] == value["key"]);
    let inherited = ancestors.iter().flat_map(|ancestor| ancestor.values()).filter(|value| !is_own(value));
    let all: Vec<Value> = own.iter().chain(inherited).cloned().collect();
    if all.is_empty() { Value::Null } else { Value::Array(all) }
}

fn attribute(attributes: &[Attribute]) -> Value {
    if attributes.is_empty() {
        return Value::Null;
    }
    let (mut objects, mut tags) = (Vec::new(), Vec::new());
    for attribute in attributes {
        match attribute {
            Attribute::Object { key, value, description } => {
                objects.push(json!({"key": key, "value": value, "description": description}));
            }
            Attribute::Tag { ns, values } => tags.push(json!({"ns": ns, "values": values})),
        }
    }
    json!({"objects": objects, "tags": tags})
}
