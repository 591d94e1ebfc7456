//! The rendered `template` and `prop` of an item.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{
    Candidate, Library, Property, Shape, Template,
    convert::{Scope, convert, in_list_or_alone},
};

/// `template` and `prop` of an item, from the root of its inheritance down to itself.
pub(super) fn template<'a>(
    leaf: &'a Shape,
    ancestors: &[&'a Shape],
    library: &'a Library,
) -> (Map<String, Value>, Value) {
    let mut rendering = Rendering::new(leaf, library);
    for shape in ancestors.iter().copied().chain([leaf]) {
        if let Some(own) = shape.own() {
            rendering.declare(shape, own);
            rendering.apply_all(own);
        }
    }
    rendering.finish()
}

/// The same for an inner class: initial values only, without `_code`.
pub(super) fn class<'a>(
    leaf: &'a Shape,
    ancestors: &[&'a Shape],
    class: &str,
    library: &'a Library,
) -> Option<(Map<String, Value>, Value)> {
    let mut rendering = Rendering { template: Map::new(), ..Rendering::new(leaf, library) };
    let mut found = false;
    for shape in ancestors.iter().copied().chain([leaf]) {
        let template = shape.templates.iter().find(|template| template.class.as_deref() == Some(class));
        if let Some(template) = template {
            found = true;
            rendering.declare(shape, template);
        }
    }
    found.then(|| {
        let prop = rendering.take_prop();
        (rendering.template, prop)
    })
}

struct Rendering<'a> {
    leaf: &'a Shape,
    library: &'a Library,
    template: Map<String, Value>,
    /// Rendered `prop` entries by key.
    prop: Vec<(&'a str, Value)>,
    /// Where each known key was declared last.
    declared: HashMap<&'a str, (&'a Shape, &'a Property)>,
}

impl<'a> Rendering<'a> {
    fn new(leaf: &'a Shape, library: &'a Library) -> Self {
        let template = [("_code".to_owned(), json!(leaf.code))].into_iter().collect();
        Self { leaf, library, template, prop: Vec::new(), declared: HashMap::new() }
    }

    /// Takes the properties that a template declares, with what they show before any value is applied.
    fn declare(&mut self, shape: &'a Shape, template: &'a Template) {
        for property in &template.properties {
            let key = property.key.as_str();
            let own = template.values.iter().filter(|value| value["key"] == key).count();
            self.template.insert(key.to_owned(), initial(property, own, self.library));
            if self.leaf.ns.contains("/cmatrix") {
                self.template.insert("index".to_owned(), json!(shape.column));
                self.template.insert("value".to_owned(), Value::Null);
            }
            self.prop.retain(|(known, _)| *known != key);
            self.prop.push((key, render_property(shape, property, shape.code != self.leaf.code)));
            self.declared.insert(key, (shape, property));
        }
    }

    /// Values of keys that nothing declares stay out of the template.
    fn apply_all(&mut self, template: &'a Template) {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for entry in &template.values {
            let Some(key) = entry["key"].as_str() else { continue };
            let Some((shape, property)) = self.declared.get(key).copied() else { continue };
            let scope = Scope { shape, leaf: self.leaf, library: self.library };
            let value = convert(&entry["value"], property, scope);
            let count = counts.entry(key).or_default();
            *count += 1;
            self.apply(property, value, *count);
        }
    }

    /// Puts one value in its place: the first one of an array in a template replaces what was inherited.
    fn apply(&mut self, property: &Property, value: Value, count: usize) {
        let slot = self.template.entry(property.key.clone()).or_insert(Value::Null);
        let has_index =
            slot.get("index").is_some_and(|index| index.as_str().is_some_and(|text| !text.is_empty()));
        if slot.is_object() && has_index && slot.get("value").is_some() {
            slot["value"] = value;
        } else if let Some(column) = property.column.as_ref().filter(|column| !column.is_empty()) {
            if count == 1 || !slot.is_array() {
                *slot = json!([]);
            }
            let index = column.replace("(n)", &count.to_string());
            let value = in_list_or_alone(value, property, self.leaf);
            push(slot, json!({"index": index, "value": value}));
        } else if property.is_array() {
            if count == 1 || !slot.is_array() {
                *slot = json!([]);
            }
            match value {
                Value::Array(elements) => elements.into_iter().for_each(|element| push(slot, element)),
                one => push(slot, one),
            }
        } else {
            *slot = value;
        }
    }

    fn take_prop(&mut self) -> Value {
        let prop = std::mem::take(&mut self.prop);
        if prop.is_empty() { Value::Null } else { prop.into_iter().map(|(_, prop)| prop).collect() }
    }

    fn finish(mut self) -> (Map<String, Value>, Value) {
        for value in self.template.values_mut() {
            if let Value::Array(elements) = value {
                elements.retain(|element| !element.is_null());
                if elements.is_empty() {
                    *value = Value::Null;
                }
            }
        }
        fill_own_code(&mut self.template, self.leaf);
        let prop = self.take_prop();
        (self.template, prop)
    }
}

fn push(slot: &mut Value, element: Value) {
    if let Value::Array(elements) = slot {
        elements.push(element);
    }
}

/// Documents, events and things carry their own code in `code.value`.
fn fill_own_code(template: &mut Map<String, Value>, leaf: &Shape) {
    let Some(own) = leaf.code else { return };
    if !is_data_type(&leaf.ns) {
        return;
    }
    let Some(code) = template.get_mut("code") else { return };
    if !matches!(code["index"].as_str(), Some("2_1_2" | "3_1_2" | "4_1_2")) {
        return;
    }
    let value = &code["value"];
    let is_falsy = |part: &Value| part.is_null() || part.as_i64() == Some(0);
    let empty = value.is_null() || is_falsy(&value["_value"]) && is_falsy(&value["_ver"]);
    if empty || value["_value"].as_i64() == Some(own.value.0) {
        code["value"] = json!(own);
    }
}

/// `^catalog/(model|built_in|ext/.*)/(document|event|thing).*`
pub(crate) fn is_data_type(ns: &str) -> bool {
    let Some((kind, path)) = ns.strip_prefix("catalog/").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    ["document", "event", "thing"].iter().any(|word| match kind {
        "model" | "built_in" => path.starts_with(word),
        "ext" => path.contains(&format!("/{word}")),
        _ => false,
    })
}

/// What a property shows before values are applied. `own` is the number of its values in its own template.
fn initial(property: &Property, own: usize, library: &Library) -> Value {
    let indexed = |index: &str| json!({"index": index, "value": null});
    if let Some(column) = property.column.as_deref().filter(|column| !column.is_empty()) {
        return if property.is_array() {
            (0..own.max(1)).map(|_| indexed(column)).collect()
        } else {
            indexed(column)
        };
    }
    let shows_item = matches!(property.kind.as_str(), "item" | "item[]" | "inner[]");
    let Some(code) = property.code.filter(|_| shows_item) else { return Value::Null };
    let first = library.get(code).and_then(|shape| shape.properties().first());
    let one = first.and_then(|first| first.column.as_deref()).map_or(Value::Null, indexed);
    if property.is_array() { (0..own.max(1)).map(|_| one.clone()).collect() } else { one }
}

/// A `prop` entry; which members its type has depends on the kind.
fn render_property(shape: &Shape, property: &Property, is_inherited: bool) -> Value {
    let mut described = Map::new();
    described.insert("of".to_owned(), json!(property.kind));
    let cmatrix = property
        .column
        .as_ref()
        .map(|column| json!({"index": column, "reserved": property.column_reserved}))
        .unwrap_or_default();
    let kind = property.base_kind();
    if property.kind == "item" {
        described.insert("_code".to_owned(), json!(property.code));
    }
    if kind == "inner" {
        let class = shape.classes_of(property).next().and_then(|template| template.class.clone());
        described.insert("inner".to_owned(), json!(class));
    }
    described.insert("cmatrix".to_owned(), cmatrix);
    if matches!(kind, "number" | "string") {
        described.insert("format".to_owned(), json!(property.format));
        described.insert("unit".to_owned(), json!(property.unit));
    }
    if kind != "boolean" {
        described.insert("candidate".to_owned(), candidate(property));
    }
    json!({
        "key": property.key,
        "type": described,
        "description": property.description,
        "isInherit": is_inherited,
    })
}

fn candidate(property: &Property) -> Value {
    let (mut namespaces, mut codes, mut base) = (Vec::new(), Vec::new(), Value::Null);
    for candidate in &property.candidates {
        match candidate {
            Candidate::Values(values) => return json!({"value": values}),
            Candidate::Classes(classes) => return json!({"inner": classes}),
            Candidate::Namespace(ns) => namespaces.push(ns.clone()),
            Candidate::Code(code) => codes.push(*code),
            Candidate::Base(code) => base = json!(code),
        }
    }
    if property.candidates.is_empty() {
        return Value::Null;
    }
    let list = |elements: Value, empty: bool| if empty { Value::Null } else { elements };
    json!({
        "ns": list(json!(namespaces), namespaces.is_empty()),
        "_code": list(json!(codes), codes.is_empty()),
        "base": base,
    })
}

#[cfg(test)]
mod tests {
    use super::is_data_type;

    #[test]
    fn documents_events_and_things_are_data_types() {
        for (ns, expected) in [
            ("catalog/model/thing", true),
            ("catalog/built_in/event/x", true),
            ("catalog/ext/org/document/actor_1", true),
            ("catalog/ext/org/category/thing", true),
            ("catalog/ext/thing", false),
            ("catalog/model/category/thing", false),
            ("catalog/ext/org/actor/app", false),
            ("other/model/thing", false),
        ] {
            assert_eq!(is_data_type(ns), expected, "{ns}");
        }
    }
}
