//! What was noted about rows before, and whether something new is said (spec: local-ctoken 2, 4.1, 6 D6, D7).

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use contract::matrix::{DeletedElement, DocumentColumns, Element, EventColumns, ThingColumns};
use vocabulary::Instant;

use crate::store::{Noted, document, row_hash};

/// What happened to a row, in the order in which the ledger applies it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Add = 1,
    Update = 2,
    Delete = 3,
}

impl Kind {
    /// What is neither 1 nor 2 is a deletion.
    pub(crate) const fn of(number: i16) -> Self {
        match number {
            1 => Self::Add,
            2 => Self::Update,
            _ => Self::Delete,
        }
    }
}

/// Which row is talked about. Without a thing: the documents of an event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) user_id: String,
    pub(crate) event: String,
    pub(crate) thing: String,
}

impl Key {
    pub(crate) fn new(user_id: &str, event: &str, thing: &str) -> Self {
        Self { user_id: user_id.to_owned(), event: event.to_owned(), thing: thing.to_owned() }
    }
}

/// One row to be noted.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) kind: Kind,
    /// None for a deletion.
    pub(crate) columns: Option<(EventColumns<Instant>, ThingColumns<Instant>)>,
    pub(crate) documents: Vec<NotedDocument>,
}

/// A document with its columns, or the identifier of a deleted one.
#[derive(Clone, Debug)]
pub(crate) struct NotedDocument {
    pub(crate) identifier: String,
    pub(crate) columns: Option<DocumentColumns<Instant>>,
}

impl Note {
    pub(crate) fn stored(kind: Kind, element: &Element<Instant>, thing: &ThingColumns<Instant>) -> Self {
        let documents = element.document.iter().map(|columns| NotedDocument {
            identifier: columns.identifier.clone(),
            columns: Some(columns.clone()),
        });
        let columns = Some((element.event.clone(), thing.clone()));
        Self { kind, columns, documents: documents.collect() }
    }

    pub(crate) fn deleted(element: &DeletedElement) -> Self {
        let documents = element
            .document
            .iter()
            .map(|document| NotedDocument { identifier: document.identifier.clone(), columns: None });
        Self { kind: Kind::Delete, columns: None, documents: documents.collect() }
    }

    fn said(&self) -> Said {
        let thing = self.columns.as_ref().map(|(_, thing)| thing);
        Said {
            kind: self.kind,
            hash: thing.map(|thing| (thing.row_hash.clone(), thing.row_hash_create_at)),
            documents: self.documents.iter().map(|document| document.identifier.clone()).collect(),
        }
    }
}

/// What makes a note about a row the same as another one.
#[derive(Clone, Debug)]
struct Said {
    kind: Kind,
    hash: Option<(String, Instant)>,
    documents: BTreeSet<String>,
}

impl Said {
    fn of(noted: &Noted, instant: &impl Fn(NaiveDateTime) -> Instant) -> Self {
        let row = &noted.row;
        Self {
            kind: Kind::of(row.kind),
            hash: row.row_hash.clone().zip(row.row_hash_create_at.map(instant)),
            documents: noted.documents.iter().map(|document| document.identifier.clone()).collect(),
        }
    }

    /// Whether another note about the row would only repeat this one.
    fn covers(&self, other: &Self) -> bool {
        self.kind == other.kind && self.hash == other.hash && self.documents.is_superset(&other.documents)
    }
}

/// What was noted about some events, the oldest first.
#[derive(Debug)]
pub(crate) struct History {
    latest: HashMap<Key, Said>,
    rows: Vec<Noted>,
}

impl History {
    pub(crate) fn of(rows: Vec<Noted>, instant: impl Fn(NaiveDateTime) -> Instant) -> Self {
        let latest = rows.iter().map(|noted| (noted.key(), Said::of(noted, &instant))).collect();
        Self { latest, rows }
    }

    /// Whether a note says something that the last one about the same row did not say. Only the last one counts:
    /// what was changed back is a change.
    pub(crate) fn learn(&mut self, key: &Key, note: &Note) -> bool {
        let said = note.said();
        let is_new = self.latest.get(key).is_none_or(|latest| !latest.covers(&said));
        if is_new {
            self.latest.insert(key.clone(), said);
        }
        is_new
    }

    /// The columns that a thing had last.
    pub(crate) fn thing(&self, user: &str, event: &str, thing: &str) -> Option<&row_hash::Model> {
        self.stored(user, event).map(|noted| &noted.row).find(|row| row.thing_identifier == thing)
    }

    /// The columns that an event had last.
    pub(crate) fn event(&self, user: &str, event: &str) -> Option<&row_hash::Model> {
        self.stored(user, event).map(|noted| &noted.row).next()
    }

    /// The columns that a document of an event had last, whatever thing it was noted with.
    pub(crate) fn document(&self, user: &str, event: &str, document: &str) -> Option<&document::Model> {
        self.stored(user, event).flat_map(|noted| &noted.documents).find(|row| row.identifier == document)
    }

    /// What was added and changed, the newest first; deletions hold no columns.
    fn stored(&self, user: &str, event: &str) -> impl Iterator<Item = &Noted> {
        self.rows.iter().rev().filter(move |Noted { row, .. }| {
            row.user_id == user && row.event_identifier == event && Kind::of(row.kind) != Kind::Delete
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(kind: Kind, hash: Option<&str>, documents: &[&str]) -> Note {
        let at = Instant::parse("2026-01-01T00:00:00.000Z").unwrap();
        let columns = hash.map(|hash| {
            let event = EventColumns {
                identifier: "e".to_owned(),
                code: 1,
                version: 1,
                start_at: None,
                end_at: None,
                actor_code: 1,
                actor_version: 1,
                workflow_code: None,
                workflow_version: None,
                app_code: None,
                app_version: None,
            };
            let thing = ThingColumns {
                identifier: "t".to_owned(),
                code: 1,
                version: 1,
                actor_code: 1,
                actor_version: 1,
                workflow_code: None,
                workflow_version: None,
                app_code: None,
                app_version: None,
                row_hash: hash.to_owned(),
                row_hash_create_at: at,
            };
            (event, thing)
        });
        let documents =
            documents.iter().map(|id| NotedDocument { identifier: (*id).to_owned(), columns: None });
        Note { kind, columns, documents: documents.collect() }
    }

    #[test]
    fn only_what_differs_from_the_last_note_is_new() {
        use Kind::{Add, Delete, Update};
        let mut history = History::of(Vec::new(), |_| unreachable!());
        let key = Key::new("u", "e", "t");
        let steps: [(Kind, Option<&str>, &[&str], bool); 10] = [
            (Add, Some("h1"), &[], true),
            (Add, Some("h1"), &[], false),
            (Add, Some("h1"), &["d1", "d2"], true),
            (Add, Some("h1"), &["d1"], false),
            (Update, Some("h2"), &[], true),
            (Update, Some("h1"), &[], true),
            (Update, Some("h2"), &[], true),
            (Delete, None, &[], true),
            (Delete, None, &[], false),
            (Add, Some("h1"), &[], true),
        ];
        for (position, (kind, hash, documents, is_new)) in steps.into_iter().enumerate() {
            let note = note(kind, hash, documents);
            assert_eq!(history.learn(&key, &note), is_new, "step {position}");
        }
        assert!(history.learn(&Key::new("u2", "e", "t"), &note(Add, Some("h1"), &[])));
    }
}
