//! Fingerprints of stored data: the hash of one row, and the chain that the ledger makes of them
//! (spec: book-operate 4.9, ctoken-ledger 2).
//!
//! A hash is opaque once it is made: nothing recomputes it from data, it is compared and chained only.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{CodeVersion, Instant, stringify::stringify};

/// The columns of an event and its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventImage {
    pub user_id: String,
    pub birth: Option<Instant>,
    pub sex: Option<i64>,
    pub identifier: String,
    pub code: CodeVersion,
    pub start: Option<Instant>,
    pub end: Option<Instant>,
    pub location: Option<String>,
    pub actor: CodeVersion,
    pub app: Option<CodeVersion>,
}

/// The columns of a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThingImage {
    pub identifier: String,
    pub code: CodeVersion,
    pub actor: CodeVersion,
    pub app: Option<CodeVersion>,
}

/// The hash of a row: lower-case hexadecimal SHA-256 of its image.
#[must_use]
pub fn row_hash(event: &EventImage, thing: &ThingImage, floating: &Map<String, Value>) -> String {
    sha256(&row_image(event, thing, floating))
}

/// The text that is hashed: its members in this order, not sorted; floating columns in the order of the request.
#[must_use]
pub fn row_image(event: &EventImage, thing: &ThingImage, floating: &Map<String, Value>) -> String {
    let mut image = Map::new();
    let mut put = |key: &str, value: Value| drop(image.insert(key.to_owned(), value));
    put("1_1", event.user_id.as_str().into());
    if let Some(birth) = event.birth {
        put("1_2", birth.iso().into());
    }
    if let Some(sex) = event.sex.filter(|sex| *sex > 0) {
        put("1_3", sex.into());
    }
    put("3_1_1", event.identifier.as_str().into());
    put("3_1_2_1", event.code.value.0.into());
    put("3_1_2_2", event.code.ver.0.into());
    put("3_2_1", event.start.map(Instant::iso).into());
    put("3_2_2", event.end.map(Instant::iso).into());
    if let Some(location) = event.location.as_deref().filter(|location| !location.is_empty()) {
        put("3_3_1", location.into());
    }
    put("3_5_1_1", event.actor.value.0.into());
    put("3_5_1_2", event.actor.ver.0.into());
    app(&mut put, event.app, ["3_5_5_1", "3_5_5_2"]);
    put("4_1_1", thing.identifier.as_str().into());
    put("4_1_2_1", thing.code.value.0.into());
    put("4_1_2_2", thing.code.ver.0.into());
    put("4_4_1_1", thing.actor.value.0.into());
    put("4_4_1_2", thing.actor.ver.0.into());
    app(&mut put, thing.app, ["4_4_5_1", "4_4_5_2"]);
    for (index, value) in floating {
        put(index, value.clone());
    }
    stringify(&Value::Object(image))
}

/// An application's numbers are left out when they are not positive, each by itself.
fn app(put: &mut impl FnMut(&str, Value), app: Option<CodeVersion>, keys: [&str; 2]) {
    let numbers = app.map(|app| [app.value.0, app.ver.0]).unwrap_or_default();
    for (key, number) in keys.into_iter().zip(numbers) {
        if number > 0 {
            put(key, number.into());
        }
    }
}

/// `H(list)` of the ledger: over the list of row hashes of a matrix, or over a chain's head and its newest matrix.
#[must_use]
pub fn hash_of_list<T: AsRef<str>>(hashes: &[T]) -> String {
    let list = hashes.iter().map(|hash| Value::from(hash.as_ref())).collect();
    sha256(&stringify(&Value::Array(list)))
}

/// The head of a person's chain after a matrix was added or changed.
#[must_use]
pub fn next_head(head: Option<&str>, matrix_hash: &str) -> String {
    match head {
        Some(head) => hash_of_list(&[head, matrix_hash]),
        None => hash_of_list(&[matrix_hash]),
    }
}

fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const EVENT: &str = "d1da7e44-219e-4bbf-af4a-7589f8702d96";
    const THING: &str = "667459ed-81aa-4226-8b3d-2decb7db2911";

    fn event() -> EventImage {
        EventImage {
            user_id: "u1".to_owned(),
            birth: None,
            sex: None,
            identifier: EVENT.to_owned(),
            code: CodeVersion::new(1000008, 1),
            start: Instant::parse("2020-02-20T00:00:00.000+0900"),
            end: Instant::parse("2020-02-21T00:00:00.000+0900"),
            location: Some("loc".to_owned()),
            actor: CodeVersion::new(1000437, 1),
            app: Some(CodeVersion::new(1000438, 1)),
        }
    }

    fn thing() -> ThingImage {
        let EventImage { actor, app, .. } = event();
        ThingImage { identifier: THING.to_owned(), code: CodeVersion::new(1000011, 1), actor, app }
    }

    fn columns(columns: Value) -> Map<String, Value> {
        columns.as_object().unwrap().clone()
    }

    #[test]
    fn the_image_is_the_one_of_the_specs_example() {
        let floating = columns(json!({"4_2_2_4": null, "4_2_2_1": 12.5, "4_2_9": ["a", "b"]}));
        let example = r#"{"1_1":"u1","3_1_1":"<event>","3_1_2_1":1000008,"3_1_2_2":1,"3_2_1":"2020-02-19T15:00:00.000Z","3_2_2":"2020-02-20T15:00:00.000Z","3_3_1":"loc","3_5_1_1":1000437,"3_5_1_2":1,"3_5_5_1":1000438,"3_5_5_2":1,"4_1_1":"<thing>","4_1_2_1":1000011,"4_1_2_2":1,"4_4_1_1":1000437,"4_4_1_2":1,"4_4_5_1":1000438,"4_4_5_2":1,"4_2_2_4":null,"4_2_2_1":12.5,"4_2_9":["a","b"]}"#;
        let example = example.replace("<event>", EVENT).replace("<thing>", THING);
        assert_eq!(row_image(&event(), &thing(), &floating), example);
        assert_eq!(row_hash(&event(), &thing(), &floating), sha256(&example));
    }

    #[test]
    fn what_is_not_there_is_left_out_but_times_are_null() {
        let (app, location) = (Some(CodeVersion::new(0, 0)), Some(String::new()));
        let event = EventImage { sex: Some(0), start: None, end: None, location, app, ..event() };
        let text = row_image(&event, &ThingImage { app: None, ..thing() }, &Map::new());
        assert!(text.contains(r#""3_2_1":null,"3_2_2":null,"3_5_1_1""#), "{text}");
        for absent in ["1_2", "1_3", "3_3_1", "3_5_5_1", "3_5_5_2", "4_4_5_1"] {
            assert!(!text.contains(&format!("\"{absent}\"")), "{absent} is in {text}");
        }
    }

    #[test]
    fn a_hash_is_64_lower_case_digits_and_covers_every_member() {
        let hash = row_hash(&event(), &thing(), &Map::new());
        assert!(hash.len() == 64 && hash.bytes().all(|digit| b"0123456789abcdef".contains(&digit)));
        assert_ne!(hash, row_hash(&event(), &thing(), &columns(json!({"4_9": 1}))));
    }

    #[test]
    fn numbers_in_floating_columns_look_as_in_ecmascript() {
        let text =
            row_image(&event(), &thing(), &columns(json!({"4_2_1": 1.0, "4_2_2": {"c": [1e21, -0.0]}})));
        assert!(text.ends_with(r#","4_2_1":1,"4_2_2":{"c":[1e+21,0]}}"#), "{text}");
    }

    #[test]
    fn the_ledgers_hashes_are_those_of_the_test_vector() {
        let matrix = hash_of_list(&["h1", "h2"]);
        assert_eq!(matrix, "9fa6f4450d9e5f6c47b1820a9d25337a500e36414b7ed673ae2c398e194056e0");
        let first = next_head(None, &matrix);
        assert_eq!(first, "da071b2949f1f94c7619cd6c506b706779bb899ae78f51f148577f25a09458db");
        assert_eq!(next_head(Some(&first), &matrix), hash_of_list(&[first.as_str(), matrix.as_str()]));
    }
}
