//! Temporary negative codes: how items of a proposal refer to each other before they have codes (spec: catalog 4.11,
//! 6.18).

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::register::number;

/// The code that an item of a proposal bears until it gets a real one.
pub(super) fn temporary_code(document: &Value) -> Option<i64> {
    number(&document["catalogItem"]["_code"]["_value"]).filter(|code| *code < 0)
}

/// The real codes that temporary ones became.
#[derive(Debug, Default)]
pub(super) struct Given(HashMap<i64, i64>);

impl Given {
    pub(super) fn insert(&mut self, temporary: i64, code: i64) {
        self.0.insert(temporary, code);
    }

    pub(super) fn get(&self, temporary: i64) -> Option<i64> {
        self.0.get(&temporary).copied()
    }

    /// Puts the real codes wherever a document refers to an item: in types, candidates, values and attributes.
    pub(super) fn put_into(&self, value: &mut Value) {
        match value {
            Value::Array(elements) => elements.iter_mut().for_each(|element| self.put_into(element)),
            Value::Object(object) => {
                let is_code = object.get("key").and_then(Value::as_str) == Some("_value");
                for (key, value) in object.iter_mut() {
                    match number(value).and_then(|code| self.get(code)) {
                        Some(code) if key == "_value" || is_code && key == "value" => *value = json!(code),
                        _ => self.put_into(value),
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_put_where_items_are_referred_to_and_nowhere_else() {
        let mut given = Given::default();
        given.insert(-1, 1_000_007);
        let mut document = json!({
            "prop": [{"key": "a", "type": {"candidate": {"_code": [{"_value": -1, "_ver": 1}], "base": {"_value": "-1"}, "value": [-1]}}}],
            "value": [
                {"key": "a", "value": [{"key": "_value", "value": -1}, {"key": "_ver", "value": -1}]},
                {"key": "b", "value": -1},
                {"key": "c", "value": [{"key": "_value", "value": -2}]},
            ],
        });
        given.put_into(&mut document);
        assert_eq!(
            document,
            json!({
                "prop": [{"key": "a", "type": {"candidate": {"_code": [{"_value": 1_000_007, "_ver": 1}], "base": {"_value": 1_000_007}, "value": [-1]}}}],
                "value": [
                    {"key": "a", "value": [{"key": "_value", "value": 1_000_007}, {"key": "_ver", "value": -1}]},
                    {"key": "b", "value": -1},
                    {"key": "c", "value": [{"key": "_value", "value": -2}]},
                ],
            })
        );
    }
}
