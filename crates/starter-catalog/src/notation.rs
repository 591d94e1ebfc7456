//! The notation of properties: one line each, classes indented below.
//!
//! ```text
//! main-block  code      base 29
//! status      inner[]   CertStatus
//! class CertStatus
//!   status    string    one of certified rejected recalled
//!   at        string    format 6
//! ```
//!
//! A line is key, kind, and constraints between semicolons: `format n`, `unit n`, `item n` (exactly that item),
//! `column i [reserved]` (index in the data matrix), and one candidate: `one of words`, `code n…`, `base n`,
//! `in mbe: namespaces` (m, b, e: `catalog/model/`, `catalog/built_in/`, `catalog/ext/{ext_name}/`). For `inner`
//! kinds the constraint is the class, or several to choose from. All codes are meant at version 1.

use serde_json::{Value, json};

use crate::Kind;

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the line {line:?}: {reason}")]
pub struct NotationError {
    line: String,
    reason: &'static str,
}

/// The kinds of properties (spec: catalog-data-model 2.1). A catalog drops any other silently.
pub(crate) const KINDS: [&str; 12] = [
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

/// The `prop` and `inner` of an item document (spec: catalog-data-model 2.1, 2.4).
pub(crate) fn read(text: &str, ext_name: &str) -> Result<(Value, Value), NotationError> {
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let mut reader = Reader { lines: &lines, ext_name };
    let level = reader.level(0)?;
    match reader.lines.first() {
        Some(line) => Err(wrong(line, "it is indented too little or too much")),
        None => Ok(level),
    }
}

struct Reader<'t> {
    lines: &'t [&'t str],
    ext_name: &'t str,
}

impl Reader<'_> {
    /// The properties and classes at one depth.
    fn level(&mut self, depth: usize) -> Result<(Value, Value), NotationError> {
        let (mut properties, mut classes) = (Vec::new(), Vec::new());
        while let Some((line, rest)) = self.lines.split_first().filter(|(line, _)| indentation(line) == depth)
        {
            self.lines = rest;
            if let Some(name) = line.trim().strip_prefix("class ") {
                let (inside, inner) = self.level(depth + 2)?;
                classes.push(json!({
                    "name": name, "template": {"prop": inside, "value": null}, "inner": inner,
                }));
            } else {
                properties.push(self.property(line)?);
            }
        }
        Ok((null_if_empty(properties), null_if_empty(classes)))
    }

    fn property(&self, line: &str) -> Result<Value, NotationError> {
        let mut words = line.trim().splitn(2, char::is_whitespace);
        let key = words.next().unwrap_or_default();
        let rest = words.next().unwrap_or_default().trim();
        let (kind, constraints) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        if !KINDS.contains(&kind) {
            return Err(wrong(line, "there is no such kind"));
        }
        let mut described = json!({"of": kind});
        let constraints = constraints.trim();
        if kind.starts_with("inner") {
            let classes: Vec<_> = constraints.split_whitespace().collect();
            match classes.as_slice() {
                [] => return Err(wrong(line, "the class is missing")),
                [class] => described["inner"] = json!(class),
                several => described["candidate"] = json!({"inner": several}),
            }
        } else {
            for constraint in constraints.split(';').map(str::trim).filter(|text| !text.is_empty()) {
                self.constraint(&mut described, constraint)
                    .ok_or_else(|| wrong(line, "a constraint cannot be read"))?;
            }
        }
        Ok(json!({"key": key, "type": described, "description": null}))
    }

    fn constraint(&self, described: &mut Value, text: &str) -> Option<()> {
        if let Some(words) = text.strip_prefix("one of ") {
            described["candidate"] = json!({"value": words.split_whitespace().collect::<Vec<_>>()});
            return Some(());
        }
        let (word, rest) = text.split_once(' ')?;
        match word {
            "format" | "unit" => described[word] = code(rest)?,
            "item" => described["_code"] = code(rest)?,
            "base" => described["candidate"] = json!({"ns": null, "_code": null, "base": code(rest)?}),
            "code" => {
                let codes: Vec<_> = rest.split_whitespace().map(code).collect::<Option<_>>()?;
                described["candidate"] = json!({"ns": null, "_code": codes, "base": null});
            }
            "column" => {
                let (index, reserved) =
                    rest.strip_suffix(" reserved").map_or((rest, false), |index| (index, true));
                described["cmatrix"] = json!({"index": index, "reserved": reserved});
            }
            "in" => {
                let (letters, paths) = rest.split_once(": ")?;
                let namespaces: Vec<_> = paths
                    .split_whitespace()
                    .flat_map(|path| letters.chars().map(move |letter| (letter, path)))
                    .map(|(letter, path)| Some(namespace(kind_of(letter)?, path, self.ext_name)))
                    .collect::<Option<_>>()?;
                described["candidate"] = json!({"ns": namespaces, "_code": null, "base": null});
            }
            _ => return None,
        }
        Some(())
    }
}

/// The full namespace of a path in one of the three parts. The empty path is the part's root.
pub(crate) fn namespace(kind: Kind, path: &str, ext_name: &str) -> String {
    let part = match kind {
        Kind::Model | Kind::BuiltIn => format!("catalog/{}", kind.segment()),
        Kind::Ext => format!("catalog/ext/{ext_name}"),
    };
    if path.is_empty() { part } else { format!("{part}/{path}") }
}

fn kind_of(letter: char) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.letter() == letter)
}

fn code(text: &str) -> Option<Value> {
    Some(json!({"_value": text.trim().parse::<i64>().ok()?, "_ver": 1}))
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn null_if_empty(list: Vec<Value>) -> Value {
    if list.is_empty() { Value::Null } else { Value::Array(list) }
}

fn wrong(line: &str, reason: &'static str) -> NotationError {
    NotationError { line: line.trim().to_owned(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_stand_below_the_level_that_uses_them() {
        let text = "a  inner[]  A\nb  string  format 6; column 1_2 reserved\nclass A\n  c  inner  C\n  class C\n    d  code[]  base 29\ne  number";
        let (properties, inner) = read(text, "x").unwrap();
        let keys: Vec<_> =
            properties.as_array().unwrap().iter().map(|p| p["key"].as_str().unwrap()).collect();
        assert_eq!(keys, ["a", "b", "e"]);
        assert_eq!(properties[0]["type"]["inner"], "A");
        assert_eq!(properties[1]["type"]["cmatrix"], json!({"index": "1_2", "reserved": true}));
        let d = &inner[0]["inner"][0]["template"]["prop"][0]["type"];
        assert_eq!(d["candidate"]["base"], json!({"_value": 29, "_ver": 1}));
    }

    #[test]
    fn namespaces_exist_once_for_each_letter() {
        let (properties, _) = read("a  code  in me: x y/*", "city").unwrap();
        assert_eq!(
            properties[0]["type"]["candidate"]["ns"],
            json!(["catalog/model/x", "catalog/ext/city/x", "catalog/model/y/*", "catalog/ext/city/y/*"])
        );
    }

    #[test]
    fn every_constraint_has_the_form_of_the_written_item() {
        let one = |version_of: i64| json!({"_value": version_of, "_ver": 1});
        for (constraint, expected) in [
            ("string  format 6", json!({"of": "string", "format": one(6)})),
            ("number  unit 74", json!({"of": "number", "unit": one(74)})),
            ("item  item 11", json!({"of": "item", "_code": one(11)})),
            ("string  one of and or", json!({"of": "string", "candidate": {"value": ["and", "or"]}})),
            (
                "code  code 1 2",
                json!({"of": "code", "candidate": {"ns": null, "_code": [one(1), one(2)], "base": null}}),
            ),
            ("inner[]  A B", json!({"of": "inner[]", "candidate": {"inner": ["A", "B"]}})),
            (
                "code[]  column _(n); base 3",
                json!({
                    "of": "code[]", "cmatrix": {"index": "_(n)", "reserved": false},
                    "candidate": {"ns": null, "_code": null, "base": one(3)},
                }),
            ),
            ("string[]", json!({"of": "string[]"})),
        ] {
            let (properties, _) = read(&format!("a  {constraint}"), "x").unwrap();
            assert_eq!(
                properties,
                json!([{"key": "a", "type": expected, "description": null}]),
                "{constraint}"
            );
        }
    }

    #[test]
    fn nothing_declared_is_null() {
        assert_eq!(read("", "x").unwrap(), (Value::Null, Value::Null));
    }

    #[test]
    fn a_wrong_line_is_named() {
        for text in [
            "a  nubmer",
            "a",
            "a  string  colour 1",
            "a  string  format",
            "a  inner",
            "a  code  base x",
            "a  code  in z: actor",
            "    a  code",
        ] {
            assert_eq!(read(text, "x").unwrap_err().line, text.trim(), "{text}");
        }
    }
}
