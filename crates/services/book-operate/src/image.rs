//! Which columns of a request are part of a row's image (spec: book-operate 4.9). The image itself and its hash are
//! words of the domain: the ledger keeps them.

use serde_json::{Map, Value};
use vocabulary::{Instant, stringify};

pub(crate) use vocabulary::row_hash::{EventImage, ThingImage, row_hash};

/// Keys of members that have columns of their own, and so are never floating.
const COLUMNS: [&str; 33] = [
    "1_1", "1_2", "1_3", "3_1_1", "3_1_2", "3_1_2_1", "3_1_2_2", "3_2_1", "3_2_2", "3_3_1", "3_5_1_1",
    "3_5_1_2", "3_5_2_1", "3_5_2_2", "3_5_3_1", "3_5_3_2", "3_5_4", "3_5_5_1", "3_5_5_2", "3_6_1", "4_1_1",
    "4_1_2", "4_1_2_1", "4_1_2_2", "4_4_1_1", "4_4_1_2", "4_4_2_1", "4_4_2_2", "4_4_3_1", "4_4_3_2", "4_4_4",
    "4_4_5_1", "4_4_5_2",
];

/// Which members of a request float: those whose key starts so and has no column.
pub(crate) fn floating(members: &Map<String, Value>, prefix: &str) -> Map<String, Value> {
    let mut floating = Map::new();
    for member in members.values() {
        let (Some(index), Some(value)) = (member.get("index").and_then(key), member.get("value")) else {
            continue;
        };
        if index.starts_with(prefix) && !COLUMNS.contains(&index.as_str()) {
            floating.insert(index, value.clone());
        }
    }
    floating
}

fn key(index: &Value) -> Option<String> {
    match index {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) if number.as_f64() != Some(0.0) => {
            Some(stringify(&Value::Number(number.clone())))
        }
        _ => None,
    }
}

/// `2023-01-01T18:04:05.678Z`.
pub(crate) fn iso(instant: Instant) -> String {
    instant.iso()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_members_without_a_column_float() {
        let members = json!({
            "id": {"index": "4_1_1", "value": null},
            "code": {"index": "4_1_2", "value": {"_value": 1, "_ver": 1}},
            "a": {"index": "4_2_1", "value": null},
            "b": {"index": "3_9", "value": 1},
            "no value": {"index": "4_3"},
            "no index": {"index": "", "value": 1},
            "env": [{"index": "4_3_1", "value": 1}],
            "text": "x",
        });
        let keys = |prefix| {
            let found = floating(members.as_object().unwrap(), prefix);
            found.keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(keys(""), ["4_2_1", "3_9"]);
        assert_eq!(keys("4_"), ["4_2_1"]);
        assert_eq!(keys("3_"), ["3_9"]);
    }

    #[test]
    fn a_repeated_index_overwrites_the_earlier_value_in_place() {
        let members = json!({
            "a": {"index": "4_2_1", "value": 1}, "b": {"index": "4_2_2", "value": 2},
            "c": {"index": "4_2_1", "value": 3},
        });
        let found = Value::Object(floating(members.as_object().unwrap(), ""));
        assert_eq!(found.to_string(), r#"{"4_2_1":3,"4_2_2":2}"#);
    }
}
