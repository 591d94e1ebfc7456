//! Temporary share codes: what one stands for (spec: book-manage 4.4).

use serde::Serialize;
use vocabulary::{CodeVersion, Instant, TimeZone};

/// How long a code is good for, in days.
pub(crate) const DAYS: i64 = 7;

/// A document with what belongs to it, an event with its things, or things alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Node {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) document: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) event: Option<Events>,
    pub(crate) thing: Vec<String>,
}

/// One event that is the node itself, or the events of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Events {
    One(String),
    Many(Vec<String>),
}

/// A single datum and what it belongs to, as `data_operation_data` holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identified {
    /// 1 document, 2 event, 3 thing.
    pub(crate) kind: i16,
    pub(crate) identifier: String,
    pub(crate) parent: Option<String>,
}

impl Node {
    fn belongs(&self, parent: Option<&str>) -> bool {
        let event = match &self.event {
            Some(Events::One(event)) => Some(event.as_str()),
            _ => None,
        };
        parent.is_some() && (self.document.as_deref() == parent || event == parent)
    }

    /// The single data that the node stands for.
    pub(crate) fn data(&self) -> Vec<Identified> {
        let mut data = Vec::new();
        let document = self.document.clone();
        let mut add = |kind, identifier: &String, parent: &Option<String>| {
            data.push(Identified { kind, identifier: identifier.clone(), parent: parent.clone() });
        };
        if let Some(document) = &document {
            add(1, document, &None);
        }
        let mut parent = document.clone();
        match &self.event {
            Some(Events::One(event)) => {
                add(2, event, &document);
                parent = document.or_else(|| Some(event.clone()));
            }
            Some(Events::Many(events)) => events.iter().for_each(|event| add(2, event, &document)),
            None => {}
        }
        self.thing.iter().for_each(|thing| add(3, thing, &parent));
        data
    }
}

/// Puts single data, documents first, together again.
pub(crate) fn nodes(mut data: Vec<Identified>) -> Vec<Node> {
    data.sort_by_key(|datum| datum.kind);
    let mut nodes: Vec<Node> = Vec::new();
    for Identified { kind, identifier, parent } in data {
        let at = |wanted: &dyn Fn(&Node) -> bool| nodes.iter().position(wanted);
        let place = match kind {
            1 => None,
            2 => at(&|node| node.document.is_some() && node.document == parent),
            _ => at(&|node| node.belongs(parent.as_deref()))
                .or_else(|| at(&|node| node.document.is_none() && node.event.is_none())),
        };
        match (place, kind) {
            (None, 1) => nodes.push(Node {
                document: Some(identifier),
                event: Some(Events::Many(Vec::new())),
                thing: Vec::new(),
            }),
            (None, 2) => {
                nodes.push(Node { document: None, event: Some(Events::One(identifier)), thing: Vec::new() });
            }
            (None, _) => nodes.push(Node { document: None, event: None, thing: vec![identifier] }),
            (Some(place), 2) => {
                if let Some(Events::Many(events)) = &mut nodes[place].event {
                    events.push(identifier);
                }
            }
            (Some(place), _) => nodes[place].thing.push(identifier),
        }
    }
    nodes
}

/// The one application that all of some data come from; none when there are none, or several.
pub(crate) fn only_source(
    sources: impl IntoIterator<Item = (CodeVersion, Option<CodeVersion>)>,
) -> Option<(CodeVersion, CodeVersion)> {
    let mut sources = sources.into_iter();
    let (actor, app) = sources.next()?;
    sources.all(|other| other == (actor, app)).then_some((actor, app?))
}

/// The end of a code in the form of its answers: whole seconds, and an offset with a colon.
pub(crate) fn expiry(zone: TimeZone, at: Instant) -> String {
    let text = zone.text(at);
    match (text.get(..19), text.get(23..26), text.get(26..)) {
        (Some(time), Some(hours), Some(minutes)) => format!("{time}{hours}:{minutes}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn datum(kind: i16, identifier: &str, parent: Option<&str>) -> Identified {
        Identified { kind, identifier: identifier.to_owned(), parent: parent.map(str::to_owned) }
    }

    #[test]
    fn single_data_become_the_tree_they_came_from() {
        let data = vec![
            datum(3, "ta", None),
            datum(1, "d1", None),
            datum(2, "e1", Some("d1")),
            datum(2, "e2", Some("d1")),
            datum(3, "t1", Some("d1")),
            datum(2, "e9", None),
            datum(3, "t9", Some("e9")),
            datum(3, "tb", None),
        ];
        let tree = nodes(data);
        let expected = json!([{"document": "d1", "event": ["e1", "e2"], "thing": ["t1"]},
                              {"event": "e9", "thing": ["t9"]}, {"thing": ["ta", "tb"]}]);
        assert_eq!(json!(tree), expected);
        let again: Vec<_> = tree.iter().flat_map(Node::data).collect();
        assert_eq!(nodes(again), tree);
    }

    #[test]
    fn a_source_is_the_only_one_or_none() {
        let code = |value| CodeVersion::new(value, 1);
        let one = (code(1), Some(code(2)));
        assert_eq!(only_source([one, one]), Some((code(1), code(2))));
        assert_eq!(only_source([one, (code(1), Some(code(3)))]), None);
        assert_eq!(only_source([(code(1), None)]), None);
        assert_eq!(only_source([]), None);
    }

    #[test]
    fn an_expiry_has_whole_seconds_and_a_colon() {
        let at = Instant::parse("2026-11-29T13:47:15.999Z").unwrap();
        assert_eq!(expiry(TimeZone::TOKYO, at), "2026-11-29T22:47:15+09:00");
    }
}
