//! What book-manage is told about differences (spec: local-ctoken 4.1 processing 2).

use contract::matrix::{DeletedElement, Differences};
use platform::Ground;
use serde_json::{Value, json};
use vocabulary::Instant;

use crate::{
    history::History,
    store::{document, row_hash},
};

/// One body, and one more for each element that names deleted documents only: what is refused there must not take
/// the others with it.
pub(crate) fn bodies(ground: &Ground, differences: Differences<Instant>, history: &History) -> Vec<Value> {
    let Differences { add, update, delete } = differences.with_times(Instant::iso);
    let (with_things, without): (Vec<_>, Vec<_>) =
        delete.into_iter().partition(|element| !element.thing.is_empty());
    let described = |elements: Vec<DeletedElement>| -> Vec<Value> {
        elements.iter().filter_map(|element| deleted(ground, element, history)).collect()
    };
    let alone = without.into_iter().flat_map(|element| described(vec![element]));
    let alone: Vec<_> = alone.map(|element| json!({"add": [], "update": [], "delete": [element]})).collect();
    let delete = described(with_things);
    let mut bodies = Vec::with_capacity(alone.len() + 1);
    if !(add.is_empty() && update.is_empty() && delete.is_empty()) {
        bodies.push(json!({"add": add, "update": update, "delete": delete}));
    }
    bodies.extend(alone);
    bodies
}

/// What was deleted, as it was noted last; none when nothing is known of it.
fn deleted(ground: &Ground, element: &DeletedElement, history: &History) -> Option<Value> {
    let (user, event) = (&element.user_id, &element.event.identifier);
    let documents: Vec<_> = element
        .document
        .iter()
        .filter_map(|deleted| history.document(user, event, &deleted.identifier))
        .map(|row| document(ground, row))
        .collect();
    let things: Vec<_> =
        element.thing.iter().filter_map(|deleted| history.thing(user, event, &deleted.identifier)).collect();
    let last = things.last().copied().or_else(|| history.event(user, event))?;
    (!documents.is_empty() || !things.is_empty()).then(|| {
        json!({
            "1_1": user,
            "document": documents,
            "event": event_of(ground, last),
            "thing": things.into_iter().map(|row| thing(ground, row)).collect::<Vec<_>>(),
        })
    })
}

fn document(ground: &Ground, row: &document::Model) -> Value {
    json!({
        "serialNumber": row.id.to_string(),
        "2_n_1_1": row.identifier,
        "2_n_1_2_1": digits(row.code),
        "2_n_1_2_2": digits(row.version),
        "2_n_2_1": row.doc_created_at.map(|time| ground.store.instant(time).iso()),
        "2_n_3_1_1": digits(row.actor_code),
        "2_n_3_1_2": digits(row.actor_version),
        "2_n_3_5_1": digits(row.app_code),
        "2_n_3_5_2": digits(row.app_version),
    })
}

fn event_of(ground: &Ground, row: &row_hash::Model) -> Value {
    json!({
        "3_1_1": row.event_identifier,
        "3_1_2_1": digits(row.event_code),
        "3_1_2_2": digits(row.event_version),
        "3_2_1": row.event_start_at.map(|time| ground.store.instant(time).iso()),
        "3_2_2": row.event_end_at.map(|time| ground.store.instant(time).iso()),
        "3_5_1_1": digits(row.event_actor_code),
        "3_5_1_2": digits(row.event_actor_version),
        "3_5_5_1": digits(row.event_app_code),
        "3_5_5_2": digits(row.event_app_version),
    })
}

fn thing(ground: &Ground, row: &row_hash::Model) -> Value {
    json!({
        "4_1_1": row.thing_identifier,
        "4_1_2_1": digits(row.thing_code),
        "4_1_2_2": digits(row.thing_version),
        "4_4_1_1": digits(row.thing_actor_code),
        "4_4_1_2": digits(row.thing_actor_version),
        "4_4_5_1": digits(row.thing_app_code),
        "4_4_5_2": digits(row.thing_app_version),
        "rowHash": row.row_hash,
        "rowHashCreateAt": row.row_hash_create_at.map(|time| ground.store.instant(time).iso()),
    })
}

/// In this part of the message numbers are texts, as receivers know them.
fn digits(number: Option<i64>) -> Option<String> {
    number.map(|number| number.to_string())
}
