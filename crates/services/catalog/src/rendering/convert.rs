//! From `{key, value}` lists to objects.
//!
//! A value is understood by the property it belongs to: an inner class has the properties of its templates, an
//! embedded item those of the items it may be. Where that leads nowhere, a property of that name anywhere in
//! the item or its ancestors is taken (spec: catalog 4.8, property lookup).

use serde_json::{Map, Value, json};
use vocabulary::{Code, CodeVersion, Version};

use super::{Library, Property, Shape};

/// Where properties are looked for.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    /// The item that declares the property at hand.
    pub(super) shape: &'a Shape,
    /// The item whose values are read.
    pub(super) leaf: &'a Shape,
    pub(super) library: &'a Library,
}

/// Null when either part is 0.
pub(super) fn pair(code: CodeVersion) -> Option<CodeVersion> {
    (code.value != Code(0) && code.ver != Version(0)).then_some(code)
}

/// What a value of a property looks like to readers.
pub(super) fn convert(value: &Value, property: &Property, scope: Scope<'_>) -> Value {
    let Value::Array(entries) = value else { return value.clone() };
    if let Some(code) = code_pair(entries) {
        let code = in_column(code, property, scope);
        return if property.is_array() { json!([code]) } else { code };
    }
    match property.base_kind() {
        "item" | "inner" if is_entry_list(entries) => {
            let object = object(entries, property, scope);
            match (object.is_empty(), property.is_array()) {
                (true, _) => Value::Null,
                (false, true) => json!([object]),
                (false, false) => Value::Object(object),
            }
        }
        _ => value.clone(),
    }
}

/// `[{"key": "_value", …}, {"key": "_ver", …}]`, in exactly this order.
fn code_pair(entries: &[Value]) -> Option<Value> {
    let [value, version] = entries else { return None };
    if value["key"] != "_value" || version["key"] != "_ver" {
        return None;
    }
    let number = |entry: &Value| match &entry["value"] {
        Value::String(text) => text.trim().parse::<i64>().map_or(Value::Null, Value::from),
        other => other.clone(),
    };
    Some(json!({"_value": number(value), "_ver": number(version)}))
}

fn is_entry_list(entries: &[Value]) -> bool {
    entries.iter().all(|entry| entry.get("key").is_some())
}

/// A code whose property stands for a column of the data matrix is shown with the column's index.
fn in_column(code: Value, property: &Property, scope: Scope<'_>) -> Value {
    let column =
        property.code.and_then(|code| scope.library.get(code)).filter(|shape| shape.ns.contains("/cmatrix"));
    match column.and_then(|shape| shape.properties().first()?.column.clone()) {
        Some(index) if scope.shape.code != scope.leaf.code || property.base_kind() == "item" => {
            json!({"index": index, "value": code})
        }
        _ => code,
    }
}

fn object(entries: &[Value], property: &Property, scope: Scope<'_>) -> Map<String, Value> {
    let fields = fields(property, scope);
    let mut object = Map::new();
    for entry in entries {
        let Some(key) = entry["key"].as_str() else { continue };
        let found = fields.iter().find(|(field, _)| field.key == key).copied();
        let Some((field, shape)) = found.or_else(|| anywhere(key, scope)) else { continue };
        let value = convert(&entry["value"], field, Scope { shape, ..scope });
        match object.get_mut(key) {
            None => drop(object.insert(key.to_owned(), value)),
            Some(earlier) if field.is_array() => append(earlier, value),
            Some(earlier) => *earlier = value,
        }
    }
    object
}

/// A repeated key of an array property adds to it.
fn append(earlier: &mut Value, value: Value) {
    let mut elements = match earlier.take() {
        Value::Array(elements) => elements,
        Value::Null => Vec::new(),
        one => vec![one],
    };
    match value {
        Value::Array(more) => elements.extend(more),
        one => elements.push(one),
    }
    *earlier = Value::Array(elements);
}

/// The properties that a value of this property may have, each with the item that declares it.
fn fields<'a>(property: &'a Property, scope: Scope<'a>) -> Vec<(&'a Property, &'a Shape)> {
    if property.base_kind() == "inner" {
        let classes = scope.shape.classes_of(property);
        return classes.flat_map(|class| &class.properties).map(|field| (field, scope.shape)).collect();
    }
    let items = property.item_codes().filter_map(|code| scope.library.get(code));
    items
        .flat_map(|item| {
            let chain = scope.library.ancestors(item).into_iter().chain([item]);
            chain
                .flat_map(|shape| shape.properties().iter().map(move |field| (field, shape)))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn anywhere<'a>(key: &str, scope: Scope<'a>) -> Option<(&'a Property, &'a Shape)> {
    let chain = [scope.leaf].into_iter().chain(scope.library.ancestors(scope.leaf).into_iter().rev());
    chain
        .flat_map(|shape| {
            shape.templates.iter().flat_map(|template| &template.properties).map(move |p| (p, shape))
        })
        .find(|(property, _)| property.key == key)
}
