//! What an item document may look like (spec: catalog-data-model 2), and how its parts are stored.

use platform::{
    ApiError, Fields, Reason,
    fields::{Complaint, REQUIRED},
};
use serde_json::{Map, Value};

/// More properties than any item needs: a class counts once for each property that uses it.
const MOST_PROPERTIES: usize = 10_000;

const KINDS: [&str; 12] = [
    "number",
    "number[]",
    "string",
    "string[]",
    "boolean",
    "boolean[]",
    "code",
    "code[]",
    "item",
    "item[]",
    "inner",
    "inner[]",
];

/// A whole number, also as text; 0 and the empty text count as absent.
pub(crate) fn number(value: &Value) -> Option<i64> {
    let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())?;
    (number != 0).then_some(number)
}

/// How a description is stored: text as it is, an object as JSON, a list of `{key, value}` folded into one.
pub(crate) fn description(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(entries) => Some(folded(entries, true).to_string()),
        other => Some(other.to_string()),
    }
}

/// At the top a repeated key becomes an array, below the last one wins (spec: catalog-data-model 2.3).
fn folded(entries: &[Value], top: bool) -> Value {
    let mut object: Map<String, Value> = Map::new();
    let mut repeated: Vec<&str> = Vec::new();
    for entry in entries {
        let Some(key) = entry["key"].as_str() else { continue };
        let value = match &entry["value"] {
            Value::Array(inner) if inner.iter().all(|entry| entry.get("key").is_some()) => {
                folded(inner, false)
            }
            other => other.clone(),
        };
        match object.get_mut(key) {
            Some(Value::Array(several)) if top && repeated.contains(&key) => several.push(value),
            Some(one) if top => {
                *one = Value::Array(vec![one.take(), value]);
                repeated.push(key);
            }
            _ => drop(object.insert(key.to_owned(), value)),
        }
    }
    Value::Object(object)
}

/// Checks the outline of a document: what cannot be stored or shown is refused here, with its field.
pub(crate) fn check_document(document: &Value) -> Result<(), ApiError> {
    let fields = Fields::of(document);
    let head = fields.required("catalogItem", |value| {
        value.as_object().filter(|head| !head.is_empty()).ok_or("空にはできません".into())
    });
    for member in ["template", "inner", "attribute"] {
        fields.optional(member, |value| {
            if value.is_object() || value.is_array() {
                Ok(())
            } else {
                Err("オブジェクトではありません".into())
            }
        });
    }
    if let Some(name) = head.and_then(|head| head.get("name"))
        && (name.is_object() || name.is_array())
    {
        fields.refuse("catalogItem", "名前は文字列で指定してください");
    }
    fields.optional("template", |template| {
        let mut tally = Tally::default();
        check_properties(&template["prop"], &document["inner"], &mut tally)?;
        let in_matrix = document["catalogItem"]["ns"].as_str().is_some_and(|ns| ns.contains("/cmatrix"));
        if in_matrix && tally.properties > 0 && !tally.has_column {
            return Err(refused("cmatrix", &Value::Null, "CMatrixのインデックスがありません"));
        }
        Ok(())
    });
    fields.build(|| Some(()))
}

fn refused(property: &str, value: &Value, message: &'static str) -> Complaint {
    let shown = if value.to_string().len() > 1000 { Value::Null } else { value.clone() };
    Complaint::Inside(vec![Reason::new(property, shown, message)])
}

#[derive(Default)]
struct Tally {
    properties: usize,
    has_column: bool,
}

fn check_properties(properties: &Value, classes: &Value, tally: &mut Tally) -> Result<(), Complaint> {
    for property in properties.as_array().into_iter().flatten().filter(|property| kind(property).is_some()) {
        let (key, index) = (&property["key"], &property["type"]["cmatrix"]["index"]);
        tally.properties += 1;
        tally.has_column |= index.is_string();
        if tally.properties > MOST_PROPERTIES {
            return Err(refused("prop", &Value::Null, "プロパティが多すぎます"));
        }
        if key.as_str().is_none_or(str::is_empty) {
            return Err(refused("key", key, REQUIRED));
        }
        let too_long = |value: &Value| value.as_str().is_some_and(|text| text.chars().count() > 255);
        if let Some((name, value)) = [("key", key), ("index", index)].into_iter().find(|(_, v)| too_long(v)) {
            return Err(refused(name, value, "255文字以内で指定してください"));
        }
        for class in classes_used(property, classes) {
            check_properties(&class["template"]["prop"], &class["inner"], tally)?;
        }
    }
    Ok(())
}

/// The kind of a property; others vanish, as they always did.
pub(super) fn kind(property: &Value) -> Option<&str> {
    property["type"]["of"].as_str().filter(|kind| KINDS.contains(kind))
}

/// The classes of its level that a property uses.
pub(super) fn classes_used<'a>(property: &'a Value, classes: &'a Value) -> impl Iterator<Item = &'a Value> {
    let described = &property["type"];
    let is_inner = kind(property).is_some_and(|kind| kind.starts_with("inner"));
    let classes = classes.as_array().filter(|_| is_inner);
    classes.into_iter().flatten().filter(|class| {
        let name = &class["name"];
        let candidates = described["candidate"]["inner"].as_array();
        name.is_string()
            && (described["inner"] == *name || candidates.is_some_and(|names| names.contains(name)))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_of_pairs_is_folded() {
        let list = json!([{}, null, {"key": "title", "value": "t"},
            {"key": "section", "value": [{"key": "a", "value": 1}, {"key": "a", "value": 2}]},
            {"key": "section", "value": [{"key": "a", "value": 3}]}]);
        let folded: Value = serde_json::from_str(&description(&list).unwrap()).unwrap();
        assert_eq!(folded, json!({"title": "t", "section": [{"a": 2}, {"a": 3}]}));
        assert_eq!(description(&json!("plain")).as_deref(), Some("plain"));
        assert_eq!(description(&Value::Null), None);
    }

    #[test]
    fn a_list_given_once_stays_what_it_is() {
        let list =
            json!([{"key": "a", "value": [1]}, {"key": "a", "value": [2]}, {"key": "a", "value": [3]}]);
        let folded: Value = serde_json::from_str(&description(&list).unwrap()).unwrap();
        assert_eq!(folded, json!({"a": [[1], [2], [3]]}));
    }

    #[test]
    fn classes_that_multiply_are_refused() {
        let uses: Vec<Value> =
            (0..100).map(|n| json!({"key": n.to_string(), "type": {"of": "inner", "inner": "C"}})).collect();
        let leaf = json!([{"name": "C", "template": {"prop": uses}, "inner": null}]);
        let middle = json!([{"name": "C", "template": {"prop": uses}, "inner": leaf}]);
        let document = json!({"catalogItem": {"ns": "x"}, "template": {"prop": uses}, "inner": middle});
        assert!(check_document(&document).is_err());
        let document = json!({"catalogItem": {"ns": "x"}, "template": {"prop": uses}, "inner": null});
        assert!(check_document(&document).is_ok());
    }
}
