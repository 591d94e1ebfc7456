//! Whether a changed definition needs new consent (spec: catalog-update 4.5.2).

use std::collections::HashSet;

use contract::catalog::Item;
use serde_json::{Value, json};
use vocabulary::CodeVersion;

/// Whether a definition now covers what residents did not consent to, or no longer what they consented to.
pub(super) fn needs_new_consent(before: Option<&Item>, after: &Item) -> bool {
    let (old, new) = (before.map(operations).unwrap_or_default(), operations(after));
    let is_gone = |old: &Value| new.iter().all(|new| new["id"] != old["id"]);
    if old.iter().any(|old| is_gone(old) && !consents(old).is_empty()) {
        return true;
    }
    new.iter().any(|operation| {
        let wanted = consents(operation);
        match old.iter().find(|old| old["id"] == operation["id"]) {
            None => !wanted.is_empty(),
            Some(old) => {
                !wanted.is_subset(&consents(old))
                    || ["document", "event", "thing"]
                        .iter()
                        .any(|kind| count(old, kind) != count(operation, kind))
            }
        }
    })
}

fn operations(item: &Item) -> Vec<Value> {
    let operations = item.get("store").or_else(|| item.get("share")).and_then(Value::as_array);
    operations.cloned().unwrap_or_default()
}

fn list<'v>(operation: &'v Value, kind: &str) -> &'v [Value] {
    operation[kind].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// How many of a kind; things inside events count as things.
fn count(operation: &Value, kind: &str) -> usize {
    let inside = if kind == "thing" { list(operation, "event") } else { &[] };
    list(operation, kind).len() + inside.iter().map(|event| list(event, "thing").len()).sum::<usize>()
}

/// The types of data for which a resident is asked.
fn consents(operation: &Value) -> HashSet<CodeVersion> {
    let events = list(operation, "event");
    let all = [list(operation, "document"), events, list(operation, "thing")].into_iter().flatten();
    let all = all.chain(events.iter().flat_map(|event| list(event, "thing")));
    let asked = all.filter(|kind| kind["requireConsent"] == json!(true));
    asked.filter_map(|kind| CodeVersion::read(&kind["code"])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(key: &str, operations: &Value) -> Item {
        let head = json!({"ns": "n", "_code": {"_value": 1, "_ver": 1}});
        serde_json::from_value(json!({"catalogItem": head, "template": {key: operations}})).unwrap()
    }

    fn kind(code: i64, asked: bool) -> Value {
        json!({"code": {"_value": code, "_ver": 1}, "requireConsent": asked})
    }

    #[test]
    fn what_residents_were_not_asked_about_needs_consent() {
        let base = || json!([{"id": "a", "event": [kind(1, true)]}]);
        let cases = [
            (json!([{"id": "a", "event": [kind(1, true)]}]), false, "nothing changed"),
            (json!([{"id": "a", "event": [kind(2, true)]}]), true, "another type of data"),
            (json!([{"id": "a", "event": [kind(1, true), kind(2, false)]}]), true, "more types of data"),
            (json!([{"id": "a", "event": [kind(1, false)]}]), false, "no longer asked"),
            (
                base()
                    .as_array()
                    .unwrap()
                    .iter()
                    .cloned()
                    .chain([json!({"id": "b", "thing": [kind(3, true)]})])
                    .collect(),
                true,
                "a new operation that asks",
            ),
            (
                base()
                    .as_array()
                    .unwrap()
                    .iter()
                    .cloned()
                    .chain([json!({"id": "b", "thing": [kind(3, false)]})])
                    .collect(),
                false,
                "a new operation that does not ask",
            ),
            (json!([]), true, "the operation is taken out"),
            (json!([{"id": "b", "event": [kind(1, false)]}]), true, "another operation in its place"),
        ];
        for (after, expected, what) in cases {
            for key in ["store", "share"] {
                let (before, after) = (item(key, &base()), item(key, &after));
                assert_eq!(needs_new_consent(Some(&before), &after), expected, "{what}");
            }
        }
    }

    #[test]
    fn things_inside_events_count() {
        let mut event = kind(1, false);
        event["thing"] = json!([kind(5, true)]);
        let after = item("store", &json!([{"id": "a", "event": [event]}]));
        let before = item("store", &json!([{"id": "a", "event": [kind(1, false)]}]));
        assert!(needs_new_consent(Some(&before), &after));
        assert!(needs_new_consent(None, &after));
        assert!(!needs_new_consent(None, &before));
        let nothing = item("store", &json!([]));
        assert!(!needs_new_consent(Some(&before), &nothing), "nobody was asked about it");
        assert!(needs_new_consent(Some(&after), &nothing));
        assert!(!needs_new_consent(None, &item("other", &Value::Null)));
    }
}
