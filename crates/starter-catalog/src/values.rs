//! The notation of values: TOML, with `"#139"` for a code (at version 1) and `"#null"` for null.

use serde_json::{Map, Value, json};

use crate::{Settings, placeholders};

/// The `value` of an item document (spec: catalog-data-model 2.2): an ordered list of `{key, value}`. An array
/// repeats its key.
///
/// Settings are filled in here, after the notation is read: a text of the installation is never read as notation.
pub(crate) fn list(values: &Map<String, Value>, settings: &Settings) -> Value {
    let mut list = Vec::new();
    for (key, value) in values {
        match value {
            Value::Array(elements) => {
                let written = elements.iter().map(|element| written(element, settings));
                list.extend(written.map(|value| json!({"key": key, "value": value})));
            }
            one => list.push(json!({"key": key, "value": written(one, settings)})),
        }
    }
    if list.is_empty() { Value::Null } else { Value::Array(list) }
}

fn written(value: &Value, settings: &Settings) -> Value {
    match value {
        Value::String(text) if text == "#null" => Value::Null,
        Value::String(text) => match text.strip_prefix('#').and_then(|code| number(code, settings)) {
            Some(code) => json!([{"key": "_value", "value": code}, {"key": "_ver", "value": 1}]),
            None => placeholders::fill_value(text, settings),
        },
        Value::Object(object) => list(object, settings),
        other => other.clone(),
    }
}

/// A number, or the setting that is one.
pub(crate) fn number(text: &str, settings: &Settings) -> Option<i64> {
    placeholders::fill_text(text, settings).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_repeat_their_key_and_codes_become_pairs() {
        let values = json!({"a": ["#1", "#null"], "b": {"c": "d", "e": true}});
        assert_eq!(
            list(values.as_object().unwrap(), &Settings::default()),
            json!([
                {"key": "a", "value": [{"key": "_value", "value": 1}, {"key": "_ver", "value": 1}]},
                {"key": "a", "value": null},
                {"key": "b", "value": [{"key": "c", "value": "d"}, {"key": "e", "value": true}]},
            ])
        );
    }

    #[test]
    fn a_code_may_be_a_setting() {
        let values = json!({"main-block": "#{pxr_root_block_code}"});
        let list = list(values.as_object().unwrap(), &Settings::default());
        assert_eq!(list[0]["value"][0]["value"], 1_000_401);
    }

    #[test]
    fn a_text_of_the_installation_is_never_notation() {
        let mut settings = Settings::default();
        settings.set("address", "#null").unwrap();
        settings.set("tel-number", "#7119").unwrap();
        let values = json!({"address": "{address}", "tel-number": "{tel-number}"});
        assert_eq!(
            list(values.as_object().unwrap(), &settings),
            json!([{"key": "address", "value": "#null"}, {"key": "tel-number", "value": "#7119"}])
        );
    }
}
