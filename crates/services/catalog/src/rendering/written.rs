//! An item in the form in which it is sent, so that it can be registered anew somewhere else
//! (spec: catalog-data-model 2).

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{
    attribute,
    shape::{Candidate, Property, Shape, Template},
};

/// What was registered, without anything that is inherited.
pub(crate) fn written(item: &Shape) -> Value {
    let own = item.own();
    let template = own.map(|own| {
        let values = if own.values.is_empty() { Value::Null } else { own.values.clone().into() };
        json!({"prop": properties(item, own), "value": values})
    });
    json!({
        "catalogItem": {
            "ns": item.ns,
            "name": item.name,
            "description": description(&item.description),
            "_code": item.code,
            "inherit": item.inherit,
        },
        "template": template,
        "inner": own.map(|own| classes(item, own)).unwrap_or_default(),
        "attribute": attribute(&item.attributes),
    })
}

/// A text that only looks like JSON stays a text.
pub(crate) fn description(value: &Value) -> Value {
    match value {
        Value::Null | Value::String(_) | Value::Object(_) => value.clone(),
        other => other.to_string().into(),
    }
}

fn properties(item: &Shape, template: &Template) -> Value {
    if template.properties.is_empty() {
        return Value::Null;
    }
    template.properties.iter().map(|property| written_property(item, property)).collect()
}

fn written_property(item: &Shape, property: &Property) -> Value {
    let column =
        property.column.as_ref().map(|index| json!({"index": index, "reserved": property.column_reserved}));
    json!({
        "key": property.key,
        "type": {
            "of": property.kind,
            "_code": property.code,
            "inner": class(item, property),
            "format": property.format,
            "unit": property.unit,
            "cmatrix": column,
            "candidate": candidate(&property.candidates),
        },
        "description": property.description,
    })
}

/// The class that the property names itself, not as one of several candidates.
fn class<'a>(item: &'a Shape, property: &Property) -> Option<&'a str> {
    let candidates: Vec<&Value> = property
        .candidates
        .iter()
        .filter_map(|candidate| match candidate {
            Candidate::Classes(names) => names.as_array(),
            _ => None,
        })
        .flatten()
        .collect();
    let mut names = item.classes_of(property).filter_map(|class| class.class.as_deref());
    names.find(|name| !candidates.iter().any(|candidate| candidate.as_str() == Some(name)))
}

/// The classes that a level's properties use, each once, with theirs in turn.
fn classes(item: &Shape, level: &Template) -> Value {
    let mut named = HashSet::new();
    let classes: Vec<_> = level
        .properties
        .iter()
        .flat_map(|property| item.classes_of(property))
        .filter(|class| named.insert(class.class.as_deref()))
        .map(|class| {
            json!({
                "name": class.class,
                "template": {"prop": properties(item, class), "value": null},
                "inner": classes(item, class),
            })
        })
        .collect();
    if classes.is_empty() { Value::Null } else { classes.into() }
}

fn candidate(candidates: &[Candidate]) -> Value {
    let (mut namespaces, mut codes, mut base) = (Vec::new(), Vec::new(), Value::Null);
    for candidate in candidates {
        match candidate {
            Candidate::Values(values) => return json!({"value": values}),
            Candidate::Classes(names) => return json!({"inner": names}),
            Candidate::Namespace(ns) => namespaces.push(ns),
            Candidate::Code(code) => codes.push(code),
            Candidate::Base(code) => base = json!(code),
        }
    }
    let list = |list: Value| if list == json!([]) { Value::Null } else { list };
    if candidates.is_empty() {
        return Value::Null;
    }
    json!({"ns": list(json!(namespaces)), "_code": list(json!(codes)), "base": base})
}
