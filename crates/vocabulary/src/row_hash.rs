//! Fingerprints of stored data: the hash of one row, and the chain that the ledger makes of them
//! (spec: book-operate 4.9, ctoken-ledger 2).
//!
//! A hash is opaque once it is made: nothing recomputes it from data, it is compared and chained only.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{CodeVersion, Instant, stringify::stringify};

/// One row of the matrix: a user, an event of it, a thing of the event, and the floating columns.
#[derive(Clone, Debug, PartialEq)]
pub struct RowImage<'a> {
    pub user_id: &'a str,
    pub birth: Option<Instant>,
    pub sex: Option<i64>,
    pub event: EventImage<'a>,
    pub thing: ThingImage<'a>,
    /// Floating columns in the order of the request; a repeated index overwrites the earlier value in place.
    pub floating: &'a [(String, Value)],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventImage<'a> {
    pub identifier: &'a str,
    pub code: CodeVersion,
    pub start: Option<Instant>,
    pub end: Option<Instant>,
    pub location: Option<&'a str>,
    pub actor: CodeVersion,
    pub app: Option<CodeVersion>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThingImage<'a> {
    pub identifier: &'a str,
    pub code: CodeVersion,
    pub actor: CodeVersion,
    pub app: Option<CodeVersion>,
}

impl RowImage<'_> {
    /// The text that is hashed: its members in this order, not sorted.
    #[must_use]
    pub fn text(&self) -> String {
        let mut image = Map::new();
        let mut put = |key: &str, value: Value| drop(image.insert(key.to_owned(), value));
        put("1_1", self.user_id.into());
        if let Some(birth) = self.birth {
            put("1_2", iso(birth).into());
        }
        if let Some(sex) = self.sex.filter(|sex| *sex > 0) {
            put("1_3", sex.into());
        }
        let event = &self.event;
        put("3_1_1", event.identifier.into());
        put("3_1_2_1", event.code.value.0.into());
        put("3_1_2_2", event.code.ver.0.into());
        put("3_2_1", event.start.map(iso).into());
        put("3_2_2", event.end.map(iso).into());
        if let Some(location) = event.location.filter(|location| !location.is_empty()) {
            put("3_3_1", location.into());
        }
        put("3_5_1_1", event.actor.value.0.into());
        put("3_5_1_2", event.actor.ver.0.into());
        app(&mut put, event.app, ["3_5_5_1", "3_5_5_2"]);
        let thing = &self.thing;
        put("4_1_1", thing.identifier.into());
        put("4_1_2_1", thing.code.value.0.into());
        put("4_1_2_2", thing.code.ver.0.into());
        put("4_4_1_1", thing.actor.value.0.into());
        put("4_4_1_2", thing.actor.ver.0.into());
        app(&mut put, thing.app, ["4_4_5_1", "4_4_5_2"]);
        for (index, value) in self.floating {
            put(index, value.clone());
        }
        stringify(&Value::Object(image))
    }

    #[must_use]
    pub fn hash(&self) -> String {
        sha256(&self.text())
    }
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

/// `YYYY-MM-DDTHH:mm:ss.SSSZ`.
fn iso(instant: Instant) -> String {
    instant.utc().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
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

    fn image(floating: &[(String, Value)]) -> RowImage<'_> {
        let (actor, app) = (CodeVersion::new(1000437, 1), Some(CodeVersion::new(1000438, 1)));
        RowImage {
            user_id: "u1",
            birth: None,
            sex: None,
            event: EventImage {
                identifier: EVENT,
                code: CodeVersion::new(1000008, 1),
                start: Instant::parse("2020-02-20T00:00:00.000+0900"),
                end: Instant::parse("2020-02-21T00:00:00.000+0900"),
                location: Some("loc"),
                actor,
                app,
            },
            thing: ThingImage { identifier: THING, code: CodeVersion::new(1000011, 1), actor, app },
            floating,
        }
    }

    fn column(index: &str, value: Value) -> (String, Value) {
        (index.to_owned(), value)
    }

    #[test]
    fn the_image_is_the_one_of_the_specs_example() {
        let floating = [
            column("4_2_2_4", Value::Null),
            column("4_2_2_1", json!(12.5)),
            column("4_2_9", json!(["a", "b"])),
        ];
        let example = r#"{"1_1":"u1","3_1_1":"<event>","3_1_2_1":1000008,"3_1_2_2":1,"3_2_1":"2020-02-19T15:00:00.000Z","3_2_2":"2020-02-20T15:00:00.000Z","3_3_1":"loc","3_5_1_1":1000437,"3_5_1_2":1,"3_5_5_1":1000438,"3_5_5_2":1,"4_1_1":"<thing>","4_1_2_1":1000011,"4_1_2_2":1,"4_4_1_1":1000437,"4_4_1_2":1,"4_4_5_1":1000438,"4_4_5_2":1,"4_2_2_4":null,"4_2_2_1":12.5,"4_2_9":["a","b"]}"#;
        let example = example.replace("<event>", EVENT).replace("<thing>", THING);
        assert_eq!(image(&floating).text(), example);
        assert_eq!(image(&floating).hash(), sha256(&example));
    }

    #[test]
    fn what_is_not_there_is_left_out_but_times_are_null() {
        let mut image = image(&[]);
        (image.sex, image.birth) = (Some(0), None);
        (image.event.start, image.event.end, image.event.location) = (None, None, Some(""));
        (image.event.app, image.thing.app) = (Some(CodeVersion::new(0, 0)), None);
        let text = image.text();
        assert!(text.contains(r#""3_2_1":null,"3_2_2":null,"3_5_1_1""#), "{text}");
        for absent in ["1_2", "1_3", "3_3_1", "3_5_5_1", "3_5_5_2", "4_4_5_1"] {
            assert!(!text.contains(&format!("\"{absent}\"")), "{absent} is in {text}");
        }
    }

    #[test]
    fn a_repeated_index_overwrites_the_earlier_value_in_place() {
        let floating = [column("4_2_1", json!(1)), column("4_2_2", json!(2)), column("4_2_1", json!(3))];
        assert!(image(&floating).text().ends_with(r#","4_2_1":3,"4_2_2":2}"#));
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
