//! The notation of values: TOML, with `"#139"` for a code (at version 1) and `"#null"` for null.

use serde_json::{Map, Value, json};

/// The `value` of an item document: an ordered list of `{key, value}`. An array repeats its key.
pub(crate) fn list(values: &Map<String, Value>) -> Value {
    let mut list = Vec::new();
    for (key, value) in values {
        match value {
            Value::Array(elements) => {
                list.extend(elements.iter().map(|element| json!({"key": key, "value": written(element)})));
            }
            one => list.push(json!({"key": key, "value": written(one)})),
        }
    }
    if list.is_empty() { Value::Null } else { Value::Array(list) }
}

fn written(value: &Value) -> Value {
    match value {
        Value::String(text) if text == "#null" => Value::Null,
        Value::String(text) => match text.strip_prefix('#').and_then(|code| code.parse::<i64>().ok()) {
            Some(code) => json!([{"key": "_value", "value": code}, {"key": "_ver", "value": 1}]),
            None => value.clone(),
        },
        Value::Object(object) => list(object),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_repeat_their_key_and_codes_become_pairs() {
        let values = json!({"a": ["#1", "#null"], "b": {"c": "d", "e": true}});
        assert_eq!(
            list(values.as_object().unwrap()),
            json!([
                {"key": "a", "value": [{"key": "_value", "value": 1}, {"key": "_ver", "value": 1}]},
                {"key": "a", "value": null},
                {"key": "b", "value": [{"key": "c", "value": "d"}, {"key": "e", "value": true}]},
            ])
        );
    }
}
