//! Update sets as they are shown.

use chrono::NaiveDateTime;
use platform::Ground;
use serde_json::{Value, json};

use crate::store::{Entries, update_set};

/// An update set in lists. Its type is not shown.
pub(crate) fn short(ground: &Ground, row: &update_set::Model) -> Value {
    let time =
        |column: Option<NaiveDateTime>| column.map(|column| ground.zone.text(ground.store.instant(column)));
    json!({
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "callerActorCode": row.caller_actor_code,
        "approvalActorCode": row.approval_actor_code,
        "approver": row.approver,
        "approvalAt": time(row.approval_at),
        "comment": row.comment,
        "status": row.status,
        "registerActorCode": row.register_actor_code,
        "register": row.register,
        "registAt": time(row.regist_at),
    })
}

/// An update set with all that it proposes.
pub(crate) fn full(ground: &Ground, row: &update_set::Model, entries: &Entries) -> Value {
    let namespaces = entries.namespaces.iter().map(|entry| {
        json!({
            "type": entry.kind,
            "nsId": entry.ns_id,
            "comment": entry.comment,
            "template": parsed(&entry.template),
        })
    });
    let items = entries.items.iter().map(|entry| {
        json!({
            "type": entry.kind,
            "catalogCode": entry.catalog_item_code,
            "comment": entry.comment,
            "template": parsed(&entry.template),
        })
    });
    let attributes = entries.attributes.iter().map(|entry| {
        json!({
            "type": entry.kind,
            "catalogCode": entry.catalog_code,
            "attribute": parsed(&entry.attribute),
        })
    });
    let mut answer = short(ground, row);
    answer["ns"] = list(namespaces);
    answer["catalog"] = list(items);
    answer["attribute"] = list(attributes);
    answer["appendix"] = row.appendix.as_deref().map(parsed).unwrap_or_default();
    answer
}

/// An empty list is shown as null.
fn list(entries: impl ExactSizeIterator<Item = Value>) -> Value {
    if entries.len() == 0 { Value::Null } else { entries.collect() }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}
