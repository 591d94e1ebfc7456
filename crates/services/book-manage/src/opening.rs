//! When a book may be opened, and with what (spec: book-manage 4.1.1).

use contract::catalog::Item;
use serde_json::Value;
use vocabulary::CodeVersion;

use crate::{document::Document, refusal::Refusal};

/// How sure one must be of a person, in percent.
const CERTAIN: i64 = 100;

/// Whether a person without a phone that can be called may have a book: never. Gives whether a code is sent to it
/// at each login.
pub(crate) fn phone(profile: &Document, kind: i64) -> Result<bool, Refusal> {
    let item = profile.item(kind).ok_or(Refusal::NoPhone)?;
    match &item.content {
        Some(Value::String(number)) if !number.is_empty() => Ok(item.needs_sms),
        _ => Err(Refusal::NoPhone),
    }
}

/// Whether an item of the catalog describes an identity document: `catalog/{one segment}/person/identification`.
pub(crate) fn is_identification(item: &Item) -> bool {
    let segments: Vec<_> = item.head.ns.split('/').collect();
    matches!(segments[..], ["catalog", _, "person", "identification"])
}

/// What each identity document is worth, as the setting of the root's actor says.
#[derive(Debug)]
pub(crate) struct Worth(Vec<(CodeVersion, i64)>);

impl Worth {
    pub(crate) fn of(setting: &Item) -> Self {
        let documents = setting.get("identification-document").and_then(Value::as_array);
        let worth = |entry: &Value| {
            Some((CodeVersion::read(entry.get("document")?)?, percent(entry.get("satisfaction-rate"))))
        };
        Self(documents.map(|documents| documents.iter().filter_map(worth).collect()).unwrap_or_default())
    }

    /// Whether documents prove who somebody is. The same document twice proves no more than once.
    pub(crate) fn suffices(&self, documents: &[CodeVersion]) -> bool {
        let mut distinct = documents.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let worth = |document| self.0.iter().find(|(code, _)| *code == document).map_or(0, |(_, rate)| *rate);
        distinct.into_iter().map(worth).sum::<i64>() >= CERTAIN
    }
}

/// The whole part of a rate that may be a number or a text.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the whole part is what is meant; out of range is clamped"
)]
fn percent(rate: Option<&Value>) -> i64 {
    let rate = match rate {
        Some(Value::String(text)) => text.trim().parse::<f64>().ok(),
        Some(rate) => rate.as_f64(),
        None => None,
    };
    rate.unwrap_or_default().clamp(0.0, 1000.0) as i64
}

/// The kinds of items in documents that are not among those known.
pub(crate) fn unknown_kinds(documents: &[Document], known: &[Item]) -> Vec<CodeVersion> {
    let is_known = |kind: &CodeVersion| known.iter().any(|item| item.head.code == *kind);
    let kinds = documents.iter().flat_map(|document| document.items.iter().map(|item| item.kind));
    kinds.filter(|kind| !is_known(kind)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(ns: &str, code: i64, template: Value) -> Item {
        let head = json!({"ns": ns, "_code": {"_value": code, "_ver": 1}});
        serde_json::from_value(json!({"catalogItem": head, "template": template})).unwrap()
    }

    fn profile(kind: i64, content: Value, flag: Value) -> Document {
        let item = json!({"title": "t", "type": {"_value": kind, "_ver": 1}, "content": content,
                          "require-sms-verification": flag});
        let profile =
            json!({"_code": {"_value": 1, "_ver": 1}, "item-group": [{"title": "t", "item": [item]}]});
        Document::rule(&profile).unwrap()
    }

    #[test]
    fn a_person_has_a_phone() {
        let phone = |content, flag| phone(&profile(30036, content, flag), 30036);
        assert_eq!(phone(json!("090"), json!(null)), Ok(false));
        assert_eq!(phone(json!("090"), json!(true)), Ok(true));
        assert_eq!(phone(json!(""), json!(true)), Err(Refusal::NoPhone));
        assert_eq!(phone(json!(90), json!(true)), Err(Refusal::NoPhone));
        assert_eq!(super::phone(&profile(1, json!("090"), json!(null)), 30036), Err(Refusal::NoPhone));
    }

    #[test]
    fn documents_must_be_worth_a_hundred_each_counted_once() {
        let worth = Worth::of(&item(
            "setting",
            1,
            json!({"identification-document": [
                {"document": {"_value": 1, "_ver": 1}, "satisfaction-rate": 100},
                {"document": {"_value": 2, "_ver": 1}, "satisfaction-rate": "60.9"},
                {"document": {"_value": 3, "_ver": 1}, "satisfaction-rate": 40},
                {"document": {"_value": 4, "_ver": 1}},
            ]}),
        ));
        let code = |value| CodeVersion::new(value, 1);
        assert!(worth.suffices(&[code(1)]));
        assert!(worth.suffices(&[code(2), code(3)]));
        assert!(!worth.suffices(&[code(2), code(2)]));
        assert!(!worth.suffices(&[CodeVersion::new(1, 2), code(4), code(9)]));
        assert!(!worth.suffices(&[]));
        assert!(!Worth::of(&item("setting", 1, json!({}))).suffices(&[code(1)]));
    }

    #[test]
    fn an_identity_document_stands_in_its_namespace() {
        assert!(is_identification(&item("catalog/built_in/person/identification", 1, json!({}))));
        for ns in ["catalog/ext/a/person/identification", "/role", "catalog//x/person/identification"] {
            assert!(!is_identification(&item(ns, 1, json!({}))), "{ns}");
        }
    }

    #[test]
    fn kinds_count_with_their_version() {
        let documents = [profile(5, json!("a"), json!(null)), profile(6, json!("a"), json!(null))];
        let known = [item("ns", 5, json!({}))];
        assert_eq!(unknown_kinds(&documents, &known), [CodeVersion::new(6, 1)]);
    }
}
