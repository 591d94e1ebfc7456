//! What was learned about a value, as JSON Schema.

use serde_json::{Map, Value, json};

use super::{
    ELEMENT, Kind,
    tree::{Node, Sample},
};

pub(super) fn of(node: &Node) -> Value {
    let has_fields = node.children.iter().any(|child| child.name != ELEMENT);
    match node.kind {
        Some(Kind::Array) => array(node),
        _ if has_fields => object(node),
        None if node.child(ELEMENT).is_some() => array(node),
        Some(Kind::Object) => object(node),
        Some(Kind::Kept) => json!({"description": "kept as it comes"}),
        Some(Kind::Text) => json!({"type": "string"}),
        Some(Kind::Format("sha256")) => json!({"type": "string", "pattern": "^[0-9A-Fa-f]{64}$"}),
        Some(Kind::Format(format)) => json!({"type": "string", "format": format}),
        Some(Kind::Words(words)) => json!({"type": "string", "enum": words}),
        Some(Kind::Boolean) => json!({"type": "boolean"}),
        Some(Kind::Integer) => integer(node),
        None => by_sample(node),
    }
}

fn integer(node: &Node) -> Value {
    let mut schema = json!({"type": "integer", "format": "int64"});
    if !node.allowed.is_empty() {
        schema["enum"] = node.allowed.clone().into();
    }
    if let Some(minimum) = node.minimum {
        schema["minimum"] = minimum.into();
    }
    schema
}

fn array(node: &Node) -> Value {
    json!({"type": "array", "items": node.child(ELEMENT).map_or_else(|| json!({}), of)})
}

fn object(node: &Node) -> Value {
    let fields = || node.children.iter().filter(|child| child.name != ELEMENT);
    let properties: Map<_, _> = fields().map(|field| (field.name.clone(), of(field))).collect();
    let required: Vec<_> =
        fields().filter(|field| field.is_required()).map(|field| field.name.as_str()).collect();
    let mut schema = json!({"type": "object", "properties": properties});
    if node.is_kept || node.kind == Some(Kind::Kept) {
        schema["additionalProperties"] = true.into();
        schema["description"] = "Whatever else is in it is kept, too.".into();
    }
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}

/// A rule of a service's own: it is what it accepted.
fn by_sample(node: &Node) -> Value {
    match node.sample().filter(|_| node.is_accepted) {
        Some(Sample::Text(_)) => json!({"type": "string"}),
        Some(Sample::Number(_)) => json!({"type": "integer", "format": "int64"}),
        Some(Sample::Boolean(_)) => json!({"type": "boolean"}),
        Some(Sample::Array) => json!({"type": "array", "items": {}}),
        Some(Sample::Object) => json!({"type": "object"}),
        None => json!({}),
    }
}
