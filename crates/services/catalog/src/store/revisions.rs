//! Which items changed since somebody looked.
//!
//! Changes come one after the other (see [`super::writing`]), so whoever has seen a revision has seen all before it.

use std::collections::HashSet;

use platform::{ApiError, Transaction};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::OnConflict,
};

use super::item_revision;

/// Rows a statement; databases limit its parameters.
const ROWS: usize = 1000;

/// Notes that these items are no longer what they were: whoever changes what a search finds calls it.
pub(crate) async fn note_changes(
    tx: &Transaction,
    codes: impl IntoIterator<Item = i64>,
) -> Result<(), ApiError> {
    let codes: HashSet<i64> = codes.into_iter().collect();
    if codes.is_empty() {
        return Ok(());
    }
    let revision = newest_revision(tx).await? + 1;
    let rows =
        codes.into_iter().map(|code| item_revision::ActiveModel { code: Set(code), revision: Set(revision) });
    let rows: Vec<_> = rows.collect();
    for rows in rows.chunks(ROWS) {
        item_revision::Entity::insert_many(rows.iter().cloned())
            .on_conflict(
                OnConflict::column(item_revision::Column::Code)
                    .update_column(item_revision::Column::Revision)
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// The revision of the last change; 0 before the first.
pub(crate) async fn newest_revision(connection: &impl ConnectionTrait) -> Result<i64, ApiError> {
    let newest: Option<Option<i64>> = item_revision::Entity::find()
        .select_only()
        .column_as(item_revision::Column::Revision.max(), "revision")
        .into_tuple()
        .one(connection)
        .await?;
    Ok(newest.flatten().unwrap_or(0))
}

/// The items that changed after a revision, and the revision up to which these are all.
pub(crate) async fn changes_since(
    connection: &impl ConnectionTrait,
    revision: i64,
) -> Result<(Vec<i64>, i64), ApiError> {
    let rows: Vec<(i64, i64)> = item_revision::Entity::find()
        .filter(item_revision::Column::Revision.gt(revision))
        .select_only()
        .columns([item_revision::Column::Code, item_revision::Column::Revision])
        .into_tuple()
        .all(connection)
        .await?;
    let newest = rows.iter().map(|(_, revision)| *revision).max().unwrap_or(revision);
    Ok((rows.into_iter().map(|(code, _)| code).collect(), newest))
}
