//! Noting differences (spec: local-ctoken 4.1).

use axum::{Json, extract::State};
use contract::matrix::{DeletedElement, Differences, Element};
use platform::{ApiError, Author, Call, Incoming, Input, Institution, Transaction, insert_rows, take_turn};
use serde_json::{Value, json};
use vocabulary::Instant;

use crate::{
    LocalCtoken,
    history::{History, Key, Kind, Note},
    outbox,
    refusal::Refusal,
    store::{self, document, row_hash},
    store_event,
};

/// Differences, of which there are some.
#[derive(Debug)]
pub(super) struct Reported(Differences<Instant>);

impl Input for Reported {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let differences = Differences::read(incoming)?;
        if differences.is_empty() { Err(Refusal::NoDifferences.into()) } else { Ok(Self(differences)) }
    }
}

/// Notes what was stored, changed and deleted, and lets book-manage know. **Applications and managing members.**
///
/// Whoever got no answer may ask again: what was noted last about a row is not noted once more.
pub(super) async fn register(
    State(service): State<LocalCtoken>,
    call: Call<Institution, Reported>,
) -> Result<Json<Value>, ApiError> {
    let (session, differences) = (call.who.0, call.input.0);
    if session.actor.is_some_and(|actor| !differences.is_of(actor.value)) {
        return Err(Refusal::ForeignActor.into());
    }
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    // Of two at once that say the same, the second one must find what the first one noted.
    take_turn(&tx, users(&differences).map(|user| format!("local-ctoken {user}"))).await?;
    let (keys, events) = concerned(&differences);
    let noted = store::noted(&tx, &keys, &events).await?;
    let mut history = History::of(noted, |column| service.ground.store.instant(column));
    let (differences, notes) = news(&mut history, differences);
    if !notes.is_empty() {
        save(&service, &tx, &author, &notes).await?;
        for body in store_event::bodies(&service.ground, differences, &history) {
            outbox::put(&service, &tx, &author, &session, &body).await?;
        }
    }
    tx.commit().await?;
    outbox::deliver_soon(&service);
    Ok(Json(json!({"result": "success"})))
}

fn users(differences: &Differences<Instant>) -> impl Iterator<Item = &str> {
    let deleted = differences.delete.iter().map(|element| element.user_id.as_str());
    differences.stored().map(|element| element.user_id.as_str()).chain(deleted)
}

/// The rows that are stored, and the events of which something is deleted, each with its user.
fn concerned(differences: &Differences<Instant>) -> (Vec<Key>, Vec<(String, String)>) {
    let keys = differences.stored().flat_map(|element| stored(Kind::Add, element)).map(|(key, _)| key);
    let events = differences.delete.iter();
    let events = events.map(|element| (element.user_id.clone(), element.event.identifier.clone()));
    (keys.collect(), events.collect())
}

/// The elements that say something new, and the rows that note it.
fn news(
    history: &mut History,
    differences: Differences<Instant>,
) -> (Differences<Instant>, Vec<(Key, Note)>) {
    let mut notes = Vec::new();
    let mut say = |(key, note): (Key, Note)| {
        let is_new = history.learn(&key, &note);
        if is_new {
            notes.push((key, note));
        }
        is_new
    };
    let Differences { mut add, mut update, mut delete } = differences;
    // Every thing is looked at, also after one that is new.
    add.retain(|element| stored(Kind::Add, element).map(&mut say).filter(|new| *new).count() > 0);
    update.retain(|element| stored(Kind::Update, element).map(&mut say).filter(|new| *new).count() > 0);
    delete.retain(|element| deleted(element).map(&mut say).filter(|new| *new).count() > 0);
    (Differences { add, update, delete }, notes)
}

fn stored(kind: Kind, element: &Element<Instant>) -> impl Iterator<Item = (Key, Note)> {
    element.thing.iter().map(move |thing| {
        let key = Key::new(&element.user_id, &element.event.identifier, &thing.identifier);
        (key, Note::stored(kind, element, thing))
    })
}

/// One row for each thing; documents that are deleted without their things have a row of their own.
fn deleted(element: &DeletedElement) -> impl Iterator<Item = (Key, Note)> {
    let things = element.thing.iter().map(|thing| thing.identifier.as_str());
    let none = std::iter::once("").filter(|_| element.thing.is_empty());
    things
        .chain(none)
        .map(|thing| (Key::new(&element.user_id, &element.event.identifier, thing), Note::deleted(element)))
}

/// Writes the rows, each with all documents of its element.
async fn save(
    service: &LocalCtoken,
    tx: &Transaction,
    author: &Author,
    notes: &[(Key, Note)],
) -> Result<(), ApiError> {
    let store = &service.ground.store;
    let rows = notes.iter().map(|(key, note)| row_hash::new(store, author, key, note)).collect();
    let ids = insert_rows(tx, rows).await?;
    let documents = ids.into_iter().zip(notes).flat_map(|(id, (_, note))| {
        note.documents.iter().map(move |columns| document::new(store, author, id, columns))
    });
    insert_rows(tx, documents.collect()).await?;
    Ok(())
}
