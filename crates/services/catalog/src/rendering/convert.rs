//! From `{key, value}` lists to objects.
//!
//! A value is understood by the property it belongs to: an inner class has the properties of its templates, an
//! embedded item those of the items it may be. Where that leads nowhere, a property of that name anywhere in
//! the item or its ancestors is taken (spec: catalog 4.8, property lookup).

use serde_json::{Map, Value, json};

use super::{Library, Property, Shape};

/// Where properties are looked for.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    /// The item that declares the property at hand.
    pub(super) shape: &'a Shape,
    /// The item that is rendered.
    pub(super) leaf: &'a Shape,
    pub(super) library: &'a Library,
}

/// What a value of a property looks like to readers.
pub(super) fn convert(value: &Value, property: &Property, scope: Scope<'_>) -> Value {
    let Value::Array(entries) = value else { return value.clone() };
    if let Some(code) = code_pair(entries) {
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

/// How a value of an array stands in its column: as a list where the property that its last key names is one,
/// else by itself. Only properties that the rendered item declares itself are looked at.
pub(super) fn in_list_or_alone(value: Value, property: &Property, leaf: &Shape) -> Value {
    let first = value.as_array().map_or(Some(&value), |elements| elements.first());
    let key = match first {
        Some(Value::Object(object)) => object.keys().next_back().map_or("", String::as_str),
        _ => &property.key,
    };
    let is_list = leaf.all_properties().find(|property| property.key == key).is_some_and(Property::is_array);
    match value {
        Value::Array(mut elements) if !is_list && elements.len() == 1 => elements.remove(0),
        Value::Array(_) => value,
        one if is_list => json!([one]),
        one => one,
    }
}

/// `[{"key": "_value", …}, {"key": "_ver", …}]`, in exactly this order.
fn code_pair(entries: &[Value]) -> Option<Value> {
    let [value, version] = entries else { return None };
    if value["key"] != "_value" || version["key"] != "_ver" {
        return None;
    }
    Some(json!({"_value": number(&value["value"]), "_ver": number(&version["value"])}))
}

/// JavaScript's `Number(…)`, for what occurs in codes.
fn number(value: &Value) -> Value {
    match value {
        Value::Number(_) => value.clone(),
        Value::Null | Value::Bool(false) => json!(0),
        Value::Bool(true) => json!(1),
        Value::String(text) if text.trim().is_empty() => json!(0),
        Value::String(text) => text.trim().parse::<i64>().map_or(Value::Null, Value::from),
        _ => Value::Null,
    }
}

fn is_entry_list(entries: &[Value]) -> bool {
    entries.iter().all(|entry| entry.get("key").is_some())
}

/// Inside a class, a code whose property stands for a column of the data matrix is shown with its index.
fn in_column(code: Value, property: &Property, library: &Library) -> Value {
    let column =
        property.code.and_then(|code| library.get(code)).filter(|shape| shape.ns.contains("/cmatrix"));
    match (column.and_then(|shape| shape.properties().first()?.column.as_deref()), code) {
        (Some(index), Value::Array(codes)) => {
            codes.into_iter().map(|code| json!({"index": index, "value": code})).collect()
        }
        (Some(index), code) => json!({"index": index, "value": code}),
        (None, code) => code,
    }
}

fn object(entries: &[Value], property: &Property, scope: Scope<'_>) -> Map<String, Value> {
    let fields = fields(property, scope);
    let is_class = property.base_kind() == "inner";
    let mut object = Map::new();
    for entry in entries {
        let Some(key) = entry["key"].as_str() else { continue };
        let found = fields.iter().find(|(field, _)| field.key == key).copied();
        let Some((field, shape)) = found.or_else(|| anywhere(key, scope)) else { continue };
        let mut value = convert(&entry["value"], field, Scope { shape, ..scope });
        if is_class && entry["value"].as_array().is_some_and(|entries| code_pair(entries).is_some()) {
            value = in_column(value, field, scope.library);
        }
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

/// The first property of that name: of the rendered item, of what its properties embed, then of its ancestors.
fn anywhere<'a>(key: &str, scope: Scope<'a>) -> Option<(&'a Property, &'a Shape)> {
    let parents = scope.library.ancestors(scope.leaf).into_iter().rev();
    [scope.leaf].into_iter().chain(parents).find_map(|shape| {
        let embedded = shape.all_properties().flat_map(Property::item_codes);
        let embedded = embedded.filter_map(|code| scope.library.get(code));
        let mut shapes = [shape].into_iter().chain(embedded);
        shapes.find_map(|shape| {
            let found = shape.all_properties().find(|property| property.key == key);
            found.map(|property| (property, shape))
        })
    })
}
