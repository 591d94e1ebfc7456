//! The tables of the service and the questions to them.

pub(crate) mod document;
pub(crate) mod row_hash;
pub(crate) mod store_event;

use std::collections::HashMap;

use platform::{ApiError, Ground, Transaction};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};

use crate::history::Key;

const SENT: i16 = 1;
const UNSENT: i16 = 0;
/// Values of one `in (…)`; databases limit their number.
const AT_ONCE: usize = 500;

/// A row with the documents that hold its event.
#[derive(Clone, Debug)]
pub(crate) struct Noted {
    pub(crate) row: row_hash::Model,
    pub(crate) documents: Vec<document::Model>,
}

impl Noted {
    pub(crate) fn key(&self) -> Key {
        Key::new(&self.row.user_id, &self.row.event_identifier, &self.row.thing_identifier)
    }
}

/// What was noted before about these rows, and about everything of events of which something is deleted: the
/// oldest first.
pub(crate) async fn noted(
    tx: &Transaction,
    keys: &[Key],
    events: &[(String, String)],
) -> Result<Vec<Noted>, ApiError> {
    let mut rows = Vec::new();
    for some in keys.chunks(AT_ONCE) {
        let users = row_hash::Column::UserId.is_in(some.iter().map(|key| &key.user_id));
        let events = row_hash::Column::EventIdentifier.is_in(some.iter().map(|key| &key.event));
        let things = row_hash::Column::ThingIdentifier.is_in(some.iter().map(|key| &key.thing));
        rows.extend(find(tx, users.and(events).and(things)).await?);
    }
    for some in events.chunks(AT_ONCE) {
        let users = row_hash::Column::UserId.is_in(some.iter().map(|(user, _)| user));
        let events = row_hash::Column::EventIdentifier.is_in(some.iter().map(|(_, event)| event));
        rows.extend(find(tx, users.and(events)).await?);
    }
    rows.sort_by_key(|row| row.id);
    rows.dedup_by_key(|row| row.id);
    with_documents(tx, rows).await
}

async fn find(tx: &Transaction, which: Expr) -> Result<Vec<row_hash::Model>, ApiError> {
    let rows = row_hash::Entity::find().filter(which).filter(row_hash::Column::IsDisabled.eq(false));
    Ok(rows.all(tx).await?)
}

/// A page of what the ledger does not know yet, the oldest first.
pub(crate) async fn unsent(
    connection: &impl ConnectionTrait,
    offset: u64,
    count: u64,
) -> Result<Vec<Noted>, ApiError> {
    let rows = row_hash::Entity::find()
        .filter(row_hash::Column::Status.eq(UNSENT))
        .filter(row_hash::Column::IsDisabled.eq(false))
        .order_by_asc(row_hash::Column::Id)
        .offset(offset)
        .limit(count)
        .all(connection)
        .await?;
    with_documents(connection, rows).await
}

pub(crate) async fn count_unsent(connection: &impl ConnectionTrait) -> Result<u64, ApiError> {
    let unsent = row_hash::Entity::find()
        .filter(row_hash::Column::Status.eq(UNSENT))
        .filter(row_hash::Column::IsDisabled.eq(false));
    Ok(unsent.count(connection).await?)
}

/// The ledger knows these rows. Who noted them stays who noted them.
pub(crate) async fn mark_sent(ground: &Ground, ids: &[i64]) -> Result<(), ApiError> {
    let now = ground.store.column(ground.clock.now());
    let tx = ground.store.write().await?;
    for some in ids.chunks(AT_ONCE) {
        row_hash::Entity::update_many()
            .col_expr(row_hash::Column::Status, Expr::value(SENT))
            .col_expr(row_hash::Column::UpdatedAt, Expr::value(now))
            .filter(row_hash::Column::Id.is_in(some.iter().copied()))
            .filter(row_hash::Column::Status.eq(UNSENT))
            .exec(&tx)
            .await?;
    }
    Ok(tx.commit().await?)
}

async fn with_documents(
    connection: &impl ConnectionTrait,
    rows: Vec<row_hash::Model>,
) -> Result<Vec<Noted>, ApiError> {
    let mut documents: HashMap<i64, Vec<document::Model>> = HashMap::new();
    for some in rows.chunks(AT_ONCE) {
        let found = document::Entity::find()
            .filter(document::Column::RowHashId.is_in(some.iter().map(|row| row.id)))
            .filter(document::Column::IsDisabled.eq(false))
            .order_by_asc(document::Column::Id)
            .all(connection)
            .await?;
        for row in found {
            documents.entry(row.row_hash_id).or_default().push(row);
        }
    }
    let with = |row: row_hash::Model| Noted { documents: documents.remove(&row.id).unwrap_or_default(), row };
    Ok(rows.into_iter().map(with).collect())
}
