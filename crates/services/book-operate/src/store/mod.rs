//! The tables of the service, and the queries that several routes share.
//!
//! Disabled rows count as gone. Inside a writing transaction the event is locked before anything below it changes, so
//! that changes of one event come one after the other.

pub(crate) mod binary_file;
pub(crate) mod chapter;
pub(crate) mod chapter_event;
pub(crate) mod cmatrix_document;
pub(crate) mod cmatrix_event;
pub(crate) mod cmatrix_floating_column;
pub(crate) mod cmatrix_relation;
pub(crate) mod cmatrix_thing;
pub(crate) mod ctoken_outbox;
pub(crate) mod document;
pub(crate) mod event;
pub(crate) mod find;
pub(crate) mod matrix;
pub(crate) mod my_condition_book;
pub(crate) mod search;
pub(crate) mod shared_access_log;
pub(crate) mod shared_access_log_data_type;
pub(crate) mod thing;
pub(crate) mod user_lock;

use sea_orm::{ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel};

/// How many rows one statement carries; databases limit its parameters.
pub(crate) const ROWS_AT_ONCE: usize = 400;

/// Inserts rows, many in one statement.
pub(crate) async fn insert_all<A>(tx: &impl ConnectionTrait, rows: Vec<A>) -> Result<(), DbErr>
where
    A: ActiveModelTrait + ActiveModelBehavior + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let part: Vec<A> = rows.by_ref().take(ROWS_AT_ONCE).collect();
        A::Entity::insert_many(part).exec_without_returning(tx).await?;
    }
    Ok(())
}
