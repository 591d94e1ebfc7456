//! Which rows go to the ledger together, and how (spec: local-ctoken 4.2, 6 D4, D5).
//!
//! The ledger applies all that was added, then all that was changed, then all that was deleted. Rows that would
//! overtake an earlier one of their event so have to wait for the next batch. Rows of an event that were noted with
//! the same documents make one element: what is said of its documents holds for all its things.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use contract::matrix::{
    DeletedDocument, DeletedElement, DeletedEvent, DeletedThing, Differences, DocumentColumns, Element,
    EventColumns, ThingColumns,
};
use vocabulary::Instant;

use crate::{
    history::{Key, Kind},
    store::{Noted, document, row_hash},
};

/// Differences for the ledger, and the rows that they are made of.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) ids: Vec<i64>,
    pub(crate) differences: Differences<Instant>,
    /// Where an element stands in its list.
    places: HashMap<(Kind, String, String, Vec<String>), usize>,
    /// The last list in which an event was put.
    latest: HashMap<(String, String), Kind>,
}

impl Batch {
    /// Takes rows, in their order, until one would overtake an earlier one.
    pub(crate) fn of(rows: Vec<Noted>, instant: impl Fn(NaiveDateTime) -> Instant) -> Self {
        let mut batch = Self::default();
        for noted in rows {
            let kind = Kind::of(noted.row.kind);
            let event = (noted.row.user_id.clone(), noted.row.event_identifier.clone());
            if batch.latest.get(&event).is_some_and(|latest| *latest > kind) {
                break;
            }
            batch.ids.push(noted.row.id);
            batch.latest.insert(event, kind);
            match kind {
                Kind::Add | Kind::Update => batch.store(kind, noted, &instant),
                Kind::Delete => batch.delete(noted),
            }
        }
        batch
    }

    fn place(&mut self, kind: Kind, noted: &Noted, next: usize) -> usize {
        let mut documents: Vec<_> = noted.documents.iter().map(|row| row.identifier.clone()).collect();
        documents.sort_unstable();
        documents.dedup();
        let Key { user_id, event, .. } = noted.key();
        *self.places.entry((kind, user_id, event, documents)).or_insert(next)
    }

    fn store(&mut self, kind: Kind, noted: Noted, instant: &impl Fn(NaiveDateTime) -> Instant) {
        let next = if kind == Kind::Add { self.differences.add.len() } else { self.differences.update.len() };
        let place = self.place(kind, &noted, next);
        let list = if kind == Kind::Add { &mut self.differences.add } else { &mut self.differences.update };
        let (event, thing) = (event(&noted.row, instant), thing(&noted.row, instant));
        // What was noted last counts, wherever it is said.
        for element in list.iter_mut().filter(|it| it.user_id == noted.row.user_id) {
            if element.event.identifier == event.identifier {
                element.event = event.clone();
                element.thing.iter_mut().filter(|it| it.identifier == thing.identifier).for_each(|it| {
                    *it = thing.clone();
                });
            }
        }
        if place == list.len() {
            let user_id = noted.row.user_id.clone();
            list.push(Element { user_id, document: Vec::new(), event, thing: Vec::new() });
        }
        let element = &mut list[place];
        put(&mut element.thing, thing, |thing| &thing.identifier);
        for row in &noted.documents {
            put(&mut element.document, document(row, instant), |document| &document.identifier);
        }
    }

    fn delete(&mut self, noted: Noted) {
        let next = self.differences.delete.len();
        // Documents that are gone without their things must not be taken for the documents of things.
        let place =
            if noted.row.thing_identifier.is_empty() { next } else { self.place(Kind::Delete, &noted, next) };
        let row = noted.row;
        if place == next {
            self.differences.delete.push(DeletedElement {
                user_id: row.user_id,
                document: Vec::new(),
                event: DeletedEvent { identifier: row.event_identifier },
                thing: Vec::new(),
            });
        }
        let element = &mut self.differences.delete[place];
        if !row.thing_identifier.is_empty() {
            let thing = DeletedThing { identifier: row.thing_identifier };
            put(&mut element.thing, thing, |thing| &thing.identifier);
        }
        for document in noted.documents {
            let document = DeletedDocument { identifier: document.identifier };
            put(&mut element.document, document, |document| &document.identifier);
        }
    }
}

/// Adds something, or puts it in the place of its predecessor.
fn put<T>(list: &mut Vec<T>, new: T, identifier: impl Fn(&T) -> &String) {
    match list.iter_mut().find(|old| identifier(old) == identifier(&new)) {
        Some(old) => *old = new,
        None => list.push(new),
    }
}

/// Numbers that are 0 are not there.
fn some(number: Option<i64>) -> Option<i64> {
    number.filter(|number| *number != 0)
}

fn event(row: &row_hash::Model, instant: &impl Fn(NaiveDateTime) -> Instant) -> EventColumns<Instant> {
    EventColumns {
        identifier: row.event_identifier.clone(),
        code: row.event_code.unwrap_or_default(),
        version: row.event_version.unwrap_or_default(),
        start_at: row.event_start_at.map(instant),
        end_at: row.event_end_at.map(instant),
        actor_code: row.event_actor_code.unwrap_or_default(),
        actor_version: row.event_actor_version.unwrap_or_default(),
        workflow_code: None,
        workflow_version: None,
        app_code: some(row.event_app_code),
        app_version: some(row.event_app_version),
    }
}

fn thing(row: &row_hash::Model, instant: &impl Fn(NaiveDateTime) -> Instant) -> ThingColumns<Instant> {
    let row_hash_create_at = row.row_hash_create_at.unwrap_or(row.created_at);
    ThingColumns {
        identifier: row.thing_identifier.clone(),
        code: row.thing_code.unwrap_or_default(),
        version: row.thing_version.unwrap_or_default(),
        actor_code: row.thing_actor_code.unwrap_or_default(),
        actor_version: row.thing_actor_version.unwrap_or_default(),
        workflow_code: None,
        workflow_version: None,
        app_code: some(row.thing_app_code),
        app_version: some(row.thing_app_version),
        row_hash: row.row_hash.clone().unwrap_or_default(),
        row_hash_create_at: instant(row_hash_create_at),
    }
}

fn document(row: &document::Model, instant: &impl Fn(NaiveDateTime) -> Instant) -> DocumentColumns<Instant> {
    DocumentColumns {
        identifier: row.identifier.clone(),
        code: row.code.unwrap_or_default(),
        version: row.version.unwrap_or_default(),
        created_at: instant(row.doc_created_at.unwrap_or(row.created_at)),
        actor_code: row.actor_code.unwrap_or_default(),
        actor_version: row.actor_version.unwrap_or_default(),
        workflow_code: None,
        workflow_version: None,
        app_code: some(row.app_code),
        app_version: some(row.app_version),
    }
}

#[cfg(test)]
mod tests;
