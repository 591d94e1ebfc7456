//! The tables of the books, one file each, and the questions asked of them all over the service.

pub(crate) mod agreements;
pub(crate) mod closing;
pub(crate) mod data_operation;
pub(crate) mod data_operation_data;
pub(crate) mod data_operation_data_type;
pub(crate) mod data_operation_notification;
pub(crate) mod data_operation_notification_ind;
pub(crate) mod identification;
pub(crate) mod mcd_alteration;
pub(crate) mod mcd_alteration_actor;
pub(crate) mod mcd_alteration_data;
pub(crate) mod mcd_output_code_actor;
pub(crate) mod mcd_output_code_data_file;
pub(crate) mod mcd_output_code_data_type;
pub(crate) mod my_condition_book;
pub(crate) mod my_condition_data_output_code;
pub(crate) mod output_files;
pub(crate) mod outputs;
pub(crate) mod reminders;
pub(crate) mod share_codes;
pub(crate) mod share_source_datatype;
pub(crate) mod share_source_source;
pub(crate) mod stopped_region;
pub(crate) mod store_event_notificate;
pub(crate) mod store_event_notificate_history;
pub(crate) mod store_events;
pub(crate) mod temporarily_shared_code;
pub(crate) mod terms;
pub(crate) mod terms_of_use_notification;
pub(crate) mod terms_of_use_notification_ind;
pub(crate) mod tou_consent;
pub(crate) mod user_id_cooperate;
pub(crate) mod users;

use platform::{ApiError, Transaction};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde_json::Value;
use vocabulary::Session;

use crate::{link::Partner, refusal::Refusal, who::pxr_id};

/// Books that are not closed.
pub(crate) fn open_books() -> Select<my_condition_book::Entity> {
    my_condition_book::Entity::find()
        .filter(my_condition_book::Column::IsDisabled.eq(false))
        .order_by_asc(my_condition_book::Column::Id)
}

/// The open book of a resident.
pub(crate) async fn book(
    connection: &impl ConnectionTrait,
    pxr_id: &str,
) -> Result<Option<my_condition_book::Model>, ApiError> {
    Ok(open_books().filter(my_condition_book::Column::PxrId.eq(pxr_id)).one(connection).await?)
}

/// The same, locked until the end of a transaction: what is written about one resident is written one after another.
pub(crate) async fn locked_book(
    tx: &Transaction,
    pxr_id: &str,
) -> Result<Option<my_condition_book::Model>, ApiError> {
    let query = open_books().filter(my_condition_book::Column::PxrId.eq(pxr_id)).lock_exclusive();
    Ok(query.one(tx).await?)
}

/// The open book of whoever calls; a session without PXR-ID has none.
pub(crate) async fn own_book(
    connection: &impl ConnectionTrait,
    session: &Session,
) -> Result<my_condition_book::Model, ApiError> {
    let pxr_id = pxr_id(session).ok_or(Refusal::NoBook)?;
    Ok(book(connection, pxr_id).await?.ok_or(Refusal::NoBook)?)
}

/// Lets only one transaction at a time pass, over all processes, for what must exist once and has no unique key in
/// the tables. `SQLite`'s writing transactions do that by themselves. `what`: any number of its own.
pub(crate) async fn one_at_a_time(tx: &Transaction, what: i64) -> Result<(), ApiError> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("select pg_advisory_xact_lock({what})")).await?;
    }
    Ok(())
}

/// Links that are not released. Those with workflows, which are no longer supported, are nobody's.
pub(crate) fn links() -> Select<user_id_cooperate::Entity> {
    user_id_cooperate::Entity::find()
        .filter(user_id_cooperate::Column::IsDisabled.eq(false))
        .filter(user_id_cooperate::Column::WfCatalogCode.is_null())
        .order_by_asc(user_id_cooperate::Column::Id)
}

/// The links of a book with a partner: one at most, but for old data.
pub(crate) fn links_with(book: i64, partner: Partner) -> Select<user_id_cooperate::Entity> {
    links().filter(user_id_cooperate::Column::BookId.eq(book)).filter(partner.condition())
}

/// The link of a book with a partner.
pub(crate) async fn link(
    connection: &impl ConnectionTrait,
    book: i64,
    partner: Partner,
) -> Result<Option<user_id_cooperate::Model>, ApiError> {
    Ok(links_with(book, partner).one(connection).await?)
}

/// A JSON text of a column; what is missing or cannot be read is null.
pub(crate) fn json_of(text: Option<&str>) -> Value {
    let Some(text) = text else { return Value::Null };
    serde_json::from_str(text).unwrap_or_else(|error| {
        tracing::warn!(%error, "a column holds no JSON");
        Value::Null
    })
}
