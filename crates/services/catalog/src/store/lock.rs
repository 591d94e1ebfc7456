//! Transactions that change the catalog, one after the other.

use platform::{ApiError, Store, Transaction};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder};

use super::catalog;
use crate::refusal::Refusal;

/// Any number, as long as nothing else in the database uses it.
const LOCK: i64 = 7298;

/// The record that activates the catalog (spec: catalog 4.1); without it nothing else answers.
pub(crate) async fn activated(connection: &impl ConnectionTrait) -> Result<catalog::Model, ApiError> {
    let found = catalog::Entity::find()
        .filter(catalog::Column::IsDisabled.eq(false))
        .order_by_asc(catalog::Column::Id)
        .one(connection)
        .await?;
    Ok(found.ok_or(Refusal::NotActivated)?)
}

/// Begins a change. Only one at a time, over all processes: codes are given out in order, namespaces exist
/// once, and nobody renders what is half changed. `SQLite`'s writing transactions do that by themselves.
pub(crate) async fn writing(store: &Store) -> Result<Transaction, ApiError> {
    let tx = store.write().await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("select pg_advisory_xact_lock({LOCK})")).await?;
    }
    Ok(tx)
}

/// Begins to keep what is rendered; others may do the same, but nobody changes anything meanwhile.
pub(super) async fn keeping(store: &Store) -> Result<Transaction, ApiError> {
    let tx = store.write().await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("select pg_advisory_xact_lock_shared({LOCK})")).await?;
    }
    Ok(tx)
}
