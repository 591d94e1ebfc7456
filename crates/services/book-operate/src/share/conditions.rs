//! What a temporary share code permits of an answer: single documents, events and things (spec: book-operate 4.11).

use std::collections::HashSet;

use serde_json::{Map, Value};

/// Identifiers that may be given.
#[derive(Debug, Default)]
struct Allowed<'a> {
    documents: HashSet<&'a str>,
    events: HashSet<&'a str>,
    things: HashSet<&'a str>,
}

/// Keeps of an answer what the conditions of a code name. The kinds are always lists.
pub(crate) fn keep_permitted(answer: &Value, conditions: &[Value]) -> Value {
    let mut allowed = Allowed::default();
    for condition in conditions {
        allowed.add(answer, condition);
    }
    let mut kept = Map::new();
    kept.insert("document".to_owned(), only(items(answer, "document"), &allowed.documents));
    let events = items(answer, "event").iter().filter(|event| is_in(event, &allowed.events));
    let events = events.map(|event| {
        let mut event = event.clone();
        if event.get("thing").is_some_and(Value::is_array) {
            event["thing"] = only(items(&event, "thing"), &allowed.things);
        }
        event
    });
    kept.insert("event".to_owned(), events.collect());
    kept.insert("thing".to_owned(), only(items(answer, "thing"), &allowed.things));
    Value::Object(kept)
}

impl<'a> Allowed<'a> {
    fn add(&mut self, answer: &'a Value, condition: &'a Value) {
        let events = texts(condition.get("event"));
        let things = texts(condition.get("thing"));
        if let Some(document) = condition.get("document").and_then(Value::as_str) {
            self.add_document(answer, document, &events, &things);
        } else if let Some(event) = condition.get("event").and_then(Value::as_str) {
            let found: Vec<_> =
                items(answer, "event").iter().filter(|item| identifier(item) == Some(event)).collect();
            self.events.extend(found.iter().filter_map(|item| identifier(item)));
            self.add_things(&found, &things);
        } else {
            self.things.extend(things);
        }
    }

    /// A document permits the events its chapters name, and their things.
    fn add_document(&mut self, answer: &'a Value, document: &'a str, events: &[&'a str], things: &[&'a str]) {
        let Some(found) = items(answer, "document").iter().find(|item| identifier(item) == Some(document))
        else {
            return;
        };
        self.documents.insert(document);
        let chapters = items(found, "chapter");
        let named =
            |key: &str| chapters.iter().flat_map(|chapter| texts(chapter.get(key))).collect::<HashSet<_>>();
        let (by_identifier, by_source) = (named("event"), named("sourceId"));
        let held = |item: &&Value| {
            let id = identifier(item);
            let source = item.get("sourceId").and_then(Value::as_str);
            let is_named = id.is_some_and(|id| by_identifier.contains(id))
                || source.is_some_and(|source| by_source.contains(source));
            is_named && (events.is_empty() || id.is_some_and(|id| events.contains(&id)))
        };
        let found: Vec<_> = items(answer, "event").iter().filter(held).collect();
        self.events.extend(found.iter().filter_map(|item| identifier(item)));
        let narrows = if events.is_empty() { &[] } else { things };
        self.add_things(&found, narrows);
    }

    /// The things named, or all of these events.
    fn add_things(&mut self, events: &[&'a Value], things: &[&'a str]) {
        if things.is_empty() {
            let all = events.iter().flat_map(|event| items(event, "thing"));
            self.things.extend(all.filter_map(identifier));
        } else {
            self.things.extend(things);
        }
    }
}

fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    let all = value.and_then(Value::as_array);
    all.map(|all| all.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

fn identifier(item: &Value) -> Option<&str> {
    item.get("id")?.get("value")?.as_str()
}

fn is_in(item: &Value, allowed: &HashSet<&str>) -> bool {
    identifier(item).is_some_and(|id| allowed.contains(id))
}

fn only(items: &[Value], allowed: &HashSet<&str>) -> Value {
    items.iter().filter(|item| is_in(item, allowed)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(id: &str) -> Value {
        json!({"id": {"value": id}})
    }

    fn answer() -> Value {
        let event = |id: &str, source: Value, things: &[&str]| {
            json!({"id": {"value": id}, "sourceId": source,
                   "thing": things.iter().map(|id| item(id)).collect::<Vec<_>>()})
        };
        json!({
            "document": [
                {"id": {"value": "d1"}, "chapter": [{"title": "t", "event": ["e1"], "sourceId": ["s2"]}]},
                {"id": {"value": "d2"}, "chapter": null},
            ],
            "event": [
                event("e1", Value::Null, &["t1", "t2"]),
                event("e2", json!("s2"), &["t3"]),
                event("e3", Value::Null, &["t4"]),
            ],
            "thing": [item("t1"), item("t4")],
        })
    }

    /// The identifiers of what is left: documents, events, things inside events, things.
    fn kept(conditions: Value) -> [Vec<String>; 4] {
        let left = keep_permitted(&answer(), conditions.as_array().unwrap());
        let ids =
            |items: &[Value]| items.iter().filter_map(identifier).map(str::to_owned).collect::<Vec<_>>();
        let inside = items(&left, "event").iter().flat_map(|event| ids(items(event, "thing"))).collect();
        [ids(items(&left, "document")), ids(items(&left, "event")), inside, ids(items(&left, "thing"))]
    }

    fn texts(all: [&[&str]; 4]) -> [Vec<String>; 4] {
        all.map(|texts| texts.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn conditions_permit_what_they_name_and_nothing_else() {
        for (conditions, expected) in [
            (json!([{"document": "d1"}]), texts([&["d1"], &["e1", "e2"], &["t1", "t2", "t3"], &["t1"]])),
            (
                json!([{"document": "d1", "event": ["e1"], "thing": []}]),
                texts([&["d1"], &["e1"], &["t1", "t2"], &["t1"]]),
            ),
            (
                json!([{"document": "d1", "event": ["e1"], "thing": ["t2"]}]),
                texts([&["d1"], &["e1"], &["t2"], &[]]),
            ),
            (json!([{"document": "d2"}]), texts([&["d2"], &[], &[], &[]])),
            (json!([{"document": "d9"}]), texts([&[], &[], &[], &[]])),
            (json!([{"event": "e3"}]), texts([&[], &["e3"], &["t4"], &["t4"]])),
            (json!([{"event": "e1", "thing": ["t1"]}]), texts([&[], &["e1"], &["t1"], &["t1"]])),
            (json!([{"thing": ["t4"]}]), texts([&[], &[], &[], &["t4"]])),
            (json!([{}]), texts([&[], &[], &[], &[]])),
            (json!([{"event": "e3"}, {"thing": ["t1"]}]), texts([&[], &["e3"], &["t4"], &["t1", "t4"]])),
        ] {
            assert_eq!(kept(conditions.clone()), expected, "{conditions}");
        }
    }
}
