//! The image of a cmatrix row, and its hash: what the ledger keeps of a thing (spec: book-operate 4.9).
//!
//! Members stand in a fixed order and numbers are written as JavaScript writes them, so that every implementation of
//! the platform finds the same hash.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use vocabulary::{CodeVersion, Instant};

/// Keys of members that have columns of their own, and so are never floating.
const COLUMNS: [&str; 33] = [
    "1_1", "1_2", "1_3", "3_1_1", "3_1_2", "3_1_2_1", "3_1_2_2", "3_2_1", "3_2_2", "3_3_1", "3_5_1_1",
    "3_5_1_2", "3_5_2_1", "3_5_2_2", "3_5_3_1", "3_5_3_2", "3_5_4", "3_5_5_1", "3_5_5_2", "3_6_1", "4_1_1",
    "4_1_2", "4_1_2_1", "4_1_2_2", "4_4_1_1", "4_4_1_2", "4_4_2_1", "4_4_2_2", "4_4_3_1", "4_4_3_2", "4_4_4",
    "4_4_5_1", "4_4_5_2",
];

/// The columns of an event.
#[derive(Clone, Debug)]
pub(crate) struct EventImage {
    pub(crate) user_id: String,
    pub(crate) birth: Option<Instant>,
    pub(crate) sex: Option<i64>,
    pub(crate) identifier: String,
    pub(crate) code: CodeVersion,
    pub(crate) start: Option<Instant>,
    pub(crate) end: Option<Instant>,
    pub(crate) location: Option<String>,
    pub(crate) actor: CodeVersion,
    pub(crate) app: Option<CodeVersion>,
}

/// The columns of a thing.
#[derive(Clone, Debug)]
pub(crate) struct ThingImage {
    pub(crate) identifier: String,
    pub(crate) code: CodeVersion,
    pub(crate) actor: CodeVersion,
    pub(crate) app: Option<CodeVersion>,
}

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
        Value::Number(number) if number.as_f64() != Some(0.0) => Some(number_text(number)),
        _ => None,
    }
}

/// The hash of a row: lower-case hexadecimal SHA-256 of its image.
pub(crate) fn row_hash(event: &EventImage, thing: &ThingImage, floating: &Map<String, Value>) -> String {
    hex::encode(Sha256::digest(row_image(event, thing, floating)))
}

fn row_image(event: &EventImage, thing: &ThingImage, floating: &Map<String, Value>) -> String {
    let mut image = Map::new();
    let mut put = |key: &str, value: Value| drop(image.insert(key.to_owned(), value));
    put("1_1", event.user_id.as_str().into());
    if let Some(birth) = event.birth {
        put("1_2", iso(birth).into());
    }
    if let Some(sex) = event.sex.filter(|sex| *sex > 0) {
        put("1_3", sex.into());
    }
    put("3_1_1", event.identifier.as_str().into());
    put("3_1_2_1", event.code.value.0.into());
    put("3_1_2_2", event.code.ver.0.into());
    put("3_2_1", event.start.map(iso).into());
    put("3_2_2", event.end.map(iso).into());
    if let Some(location) = event.location.as_deref().filter(|location| !location.is_empty()) {
        put("3_3_1", location.into());
    }
    put("3_5_1_1", event.actor.value.0.into());
    put("3_5_1_2", event.actor.ver.0.into());
    put_app(&mut put, ["3_5_5_1", "3_5_5_2"], event.app);
    put("4_1_1", thing.identifier.as_str().into());
    put("4_1_2_1", thing.code.value.0.into());
    put("4_1_2_2", thing.code.ver.0.into());
    put("4_4_1_1", thing.actor.value.0.into());
    put("4_4_1_2", thing.actor.ver.0.into());
    put_app(&mut put, ["4_4_5_1", "4_4_5_2"], thing.app);
    for (key, value) in floating {
        put(key, value.clone());
    }
    text(&Value::Object(image))
}

fn put_app(put: &mut impl FnMut(&str, Value), keys: [&str; 2], app: Option<CodeVersion>) {
    let parts = app.map(|app| [app.value.0, app.ver.0]).unwrap_or_default();
    for (key, part) in keys.into_iter().zip(parts).filter(|(_, part)| *part > 0) {
        put(key, part.into());
    }
}

/// `2023-01-01T18:04:05.678Z`.
pub(crate) fn iso(instant: Instant) -> String {
    instant.utc().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Compact JSON with numbers as JavaScript writes them.
fn text(value: &Value) -> String {
    match value {
        Value::Number(number) => number_text(number),
        Value::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(text).collect();
            format!("[{}]", elements.join(","))
        }
        Value::Object(members) => {
            let quoted = |key: &String| Value::from(key.as_str());
            let members: Vec<_> =
                members.iter().map(|(key, value)| format!("{}:{}", quoted(key), text(value))).collect();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}

/// A number as JavaScript writes it: whole ones without a point, and exponents only where it has them.
pub(crate) fn number_text(number: &serde_json::Number) -> String {
    const EXACT: i64 = 9_007_199_254_740_991;
    if let Some(whole) = number.as_i64().filter(|whole| (-EXACT..=EXACT).contains(whole)) {
        return whole.to_string();
    }
    let Some(float) = number.as_f64() else { return number.to_string() };
    let size = float.abs();
    if float == 0.0 {
        "0".to_owned()
    } else if (1e-6..1e21).contains(&size) {
        decimal(float)
    } else {
        let text = format!("{float:e}");
        if size >= 1.0 { text.replacen('e', "e+", 1) } else { text }
    }
}

/// The shortest digits that mean the number, zeros up to the point: not the exact value of a huge one.
fn decimal(float: f64) -> String {
    let shortest = format!("{float:e}");
    let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: usize = exponent.parse().unwrap_or_default();
    let mantissa = digits.replace(['.', '-'], "");
    if float.abs() < 1e15 || mantissa.len() > exponent + 1 {
        return float.to_string();
    }
    let sign = if float < 0.0 { "-" } else { "" };
    format!("{sign}{mantissa:0<width$}", width = exponent + 1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event() -> EventImage {
        EventImage {
            user_id: "u1".to_owned(),
            birth: None,
            sex: None,
            identifier: "0f7d6a0b-7b9c-4c6e-9a77-5a1c6f4c9d10".to_owned(),
            code: CodeVersion::new(1000008, 1),
            start: Instant::parse("2020-02-20T00:00:00.000+0900"),
            end: None,
            location: Some("loc".to_owned()),
            actor: CodeVersion::new(1000437, 1),
            app: Some(CodeVersion::new(1000438, 2)),
        }
    }

    fn thing() -> ThingImage {
        ThingImage {
            identifier: "9a2c7f1e-0b6d-4f38-8a53-0a3c0c9b7e21".to_owned(),
            code: CodeVersion::new(1000011, 1),
            actor: CodeVersion::new(1000437, 1),
            app: None,
        }
    }

    #[test]
    fn members_stand_in_the_order_of_the_columns_and_then_of_the_request() {
        let members = json!({
            "acquired_time": {"index": "4_2_2_4", "value": null},
            "x-axis": {"index": "4_2_2_1", "value": 12.50},
            "list": {"index": "4_2_9", "value": ["a", "b", {"c": 1.0}]},
            "again": {"index": "4_2_2_4", "value": "t"},
        });
        let image = row_image(&event(), &thing(), &floating(members.as_object().unwrap(), ""));
        assert_eq!(
            image,
            concat!(
                r#"{"1_1":"u1","3_1_1":"0f7d6a0b-7b9c-4c6e-9a77-5a1c6f4c9d10","3_1_2_1":1000008,"3_1_2_2":1,"#,
                r#""3_2_1":"2020-02-19T15:00:00.000Z","3_2_2":null,"3_3_1":"loc","3_5_1_1":1000437,"3_5_1_2":1,"#,
                r#""3_5_5_1":1000438,"3_5_5_2":2,"4_1_1":"9a2c7f1e-0b6d-4f38-8a53-0a3c0c9b7e21","#,
                r#""4_1_2_1":1000011,"4_1_2_2":1,"4_4_1_1":1000437,"4_4_1_2":1,"4_2_2_4":"t","4_2_2_1":12.5,"#,
                r#""4_2_9":["a","b",{"c":1}]}"#
            )
        );
    }

    #[test]
    fn a_hash_is_64_lower_case_digits_and_covers_every_member() {
        let hash = row_hash(&event(), &thing(), &Map::new());
        assert!(hash.len() == 64 && hash.bytes().all(|digit| b"0123456789abcdef".contains(&digit)));
        let more = json!({"a": {"index": "4_9", "value": 1}});
        assert_ne!(hash, row_hash(&event(), &thing(), &floating(more.as_object().unwrap(), "4_")));
    }

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
    fn numbers_are_written_as_javascript_writes_them() {
        for (json, written) in [
            ("1.0", "1"),
            ("-0.0", "0"),
            ("0.1", "0.1"),
            ("1e3", "1000"),
            ("1.5e300", "1.5e+300"),
            ("1e21", "1e+21"),
            ("123456789012345680000", "123456789012345680000"),
            ("12345678901234567890", "12345678901234567000"),
            ("0.000001", "0.000001"),
            ("1e-7", "1e-7"),
            ("-2.5e-9", "-2.5e-9"),
            ("9007199254740993", "9007199254740992"),
        ] {
            let number: serde_json::Number = serde_json::from_str(json).unwrap();
            assert_eq!(number_text(&number), written, "{json}");
        }
    }
}
