//! Update sets and their entries.

use std::collections::HashSet;

use platform::{ApiError, Author, Transaction, new_row, update_rows};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};
use serde_json::Value;

use super::{all_versions, among, attribute_update_set, catalog_update_set, ns_update_set, update_set};
use crate::update_set::{Change, ChangeKind, Changes};

pub(crate) async fn find_update_set(
    connection: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<update_set::Model>, ApiError> {
    let row = update_set::Entity::find_by_id(id).one(connection).await?;
    Ok(row.filter(|row| !row.is_disabled))
}

/// The update sets that an actor proposed, registered or is asked to approve, by id.
pub(crate) async fn of_actor(
    connection: &impl ConnectionTrait,
    actor: i64,
    statuses: impl IntoIterator<Item = i16>,
) -> Result<Vec<update_set::Model>, ApiError> {
    let rows = update_set::Entity::find()
        .filter(update_set::Column::IsDisabled.eq(false))
        .filter(update_set::Column::Status.is_in(statuses))
        .filter(
            Condition::any()
                .add(update_set::Column::CallerActorCode.eq(actor))
                .add(update_set::Column::ApprovalActorCode.eq(actor))
                .add(update_set::Column::RegisterActorCode.eq(actor)),
        )
        .order_by_asc(update_set::Column::Id)
        .all(connection)
        .await?;
    Ok(rows)
}

/// What an update set proposes, each list in the order of registration.
#[derive(Debug)]
pub(crate) struct Entries {
    pub(crate) namespaces: Vec<ns_update_set::Model>,
    pub(crate) items: Vec<catalog_update_set::Model>,
    pub(crate) attributes: Vec<attribute_update_set::Model>,
}

impl Entries {
    pub(crate) async fn of(connection: &impl ConnectionTrait, set: i64) -> Result<Self, ApiError> {
        macro_rules! entries {
            ($table:ident) => {
                $table::Entity::find()
                    .filter($table::Column::UpdateSetId.eq(set))
                    .filter($table::Column::IsDisabled.eq(false))
                    .order_by_asc($table::Column::Id)
                    .all(connection)
                    .await?
            };
        }
        Ok(Self {
            namespaces: entries!(ns_update_set),
            items: entries!(catalog_update_set),
            attributes: entries!(attribute_update_set),
        })
    }
}

pub(crate) async fn write_entries(
    tx: &Transaction,
    set: i64,
    changes: &Changes,
    author: &Author,
) -> Result<(), ApiError> {
    for change in &changes.namespaces {
        let row = new_row!(
            author,
            ns_update_set {
                update_set_id: set,
                kind: change.kind as i16,
                ns_id: change.target,
                comment: change.comment.clone(),
                template: text(change),
            }
        );
        row.insert(tx).await?;
    }
    for change in &changes.items {
        write_item(tx, set, change, author).await?;
    }
    for change in &changes.attributes {
        let row = new_row!(
            author,
            attribute_update_set {
                update_set_id: set,
                kind: change.kind as i16,
                catalog_code: change.target,
                attribute: text(change),
            }
        );
        row.insert(tx).await?;
    }
    Ok(())
}

async fn write_item(tx: &Transaction, set: i64, change: &Change, author: &Author) -> Result<(), ApiError> {
    let item = match change.target.filter(|_| change.kind != ChangeKind::Add) {
        Some(code) => all_versions(tx, code, false).await?.iter().map(|row| row.id).max(),
        None => None,
    };
    let row = new_row!(
        author,
        catalog_update_set {
            update_set_id: set,
            kind: change.kind as i16,
            catalog_item_id: item,
            catalog_item_code: change.target,
            comment: change.comment.clone(),
            template: text(change),
        }
    );
    row.insert(tx).await?;
    Ok(())
}

/// What a change makes, as it is stored; the text `null` where there is none.
fn text(change: &Change) -> String {
    change.template.as_ref().unwrap_or(&Value::Null).to_string()
}

pub(crate) async fn disable_entries(tx: &Transaction, set: i64, author: &Author) -> Result<(), ApiError> {
    macro_rules! disable {
        ($($table:ident),*) => {$(
            let (is_of_set, is_there) = ($table::Column::UpdateSetId.eq(set), $table::Column::IsDisabled.eq(false));
            update_rows!(tx, author, $table, { IsDisabled: true }, is_of_set, is_there)?;
        )*};
    }
    disable!(ns_update_set, catalog_update_set, attribute_update_set);
    Ok(())
}

/// The codes that these proposals will register.
pub(crate) async fn codes_to_come(
    connection: &impl ConnectionTrait,
    sets: &[update_set::Model],
) -> Result<HashSet<i64>, ApiError> {
    let entries = catalog_update_set::Entity::find()
        .filter(among(connection, catalog_update_set::Column::UpdateSetId, sets.iter().map(|set| set.id)))
        .filter(catalog_update_set::Column::Kind.eq(ChangeKind::Add as i16))
        .filter(catalog_update_set::Column::IsDisabled.eq(false))
        .all(connection)
        .await?;
    Ok(entries.into_iter().filter_map(|entry| entry.catalog_item_code).collect())
}
