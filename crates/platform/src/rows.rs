//! Writing many rows at once, and taking turns at what belongs together.

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IntoActiveModel, PrimaryKeyTrait,
    Statement,
};

use crate::Transaction;

/// Rows of one statement; databases limit the number of values in it.
const AT_ONCE: usize = 500;

/// Inserts rows and gives their ids, in the order of the rows.
pub async fn insert_rows<A>(tx: &Transaction, rows: Vec<A>) -> Result<Vec<i64>, DbErr>
where
    A: ActiveModelTrait + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    <A::Entity as EntityTrait>::PrimaryKey: PrimaryKeyTrait<ValueType = i64>,
{
    let mut ids = Vec::with_capacity(rows.len());
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<_> = rows.by_ref().take(AT_ONCE).collect();
        let count = i64::try_from(some.len()).unwrap_or_default();
        let insert = <A::Entity as EntityTrait>::insert_many(some);
        if tx.get_database_backend() == DbBackend::Postgres {
            let mut given = insert.exec_with_returning_keys(tx).await?;
            // Values are numbered in their order, whatever order they come back in.
            given.sort_unstable();
            ids.extend(given);
        } else {
            // Nobody else writes meanwhile, so the ids follow each other.
            let last = insert.exec(tx).await?.last_insert_id.ok_or(DbErr::RecordNotInserted)?;
            ids.extend(last - count + 1..=last);
        }
    }
    Ok(ids)
}

/// Waits until no other transaction, in whatever process, holds one of these names, and holds them until the end of
/// this one. `SQLite`'s writing transactions come one after the other by themselves.
pub async fn take_turn(tx: &Transaction, names: impl IntoIterator<Item = String>) -> Result<(), DbErr> {
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let mut names: Vec<_> = names.into_iter().collect();
    // Always in the same order: two that wait for each other would wait for ever.
    names.sort_unstable();
    names.dedup();
    for some in names.chunks(AT_ONCE) {
        let marks: Vec<_> = (1..=some.len()).map(|number| format!("(${number})")).collect();
        let names = format!("(values {}) as held(name)", marks.join(", "));
        let locks = format!("select pg_advisory_xact_lock(hashtextextended(name, 0)) from {names}");
        let values = some.iter().map(|name| name.as_str().into());
        tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, locks, values)).await?;
    }
    Ok(())
}
