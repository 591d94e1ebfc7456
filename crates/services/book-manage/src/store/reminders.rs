//! Who must agree again because a definition changed (`data_operation_notification` and its `_ind` rows).

use chrono::NaiveDateTime;
use platform::{ApiError, Author, Transaction, insert_rows, new_row, update_rows};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};

use super::{data_operation, data_operation_notification, data_operation_notification_ind};

/// Notes definitions with new versions.
pub(crate) async fn announce(
    tx: &Transaction,
    author: &Author,
    definitions: Vec<(i64, Option<i64>)>,
) -> Result<(), ApiError> {
    let rows = definitions.into_iter().map(|(value, ver)| {
        new_row!(author, data_operation_notification { value: value, ver: ver, status: 0 })
    });
    insert_rows(tx, rows.collect()).await?;
    Ok(())
}

/// Makes a reminder for everybody who agreed to an older version of a definition that was announced since the last time.
pub(crate) async fn distribute(tx: &Transaction, author: &Author) -> Result<(), ApiError> {
    let announced = data_operation_notification::Entity::find()
        .filter(data_operation_notification::Column::Status.eq(0_i16))
        .filter(data_operation_notification::Column::IsDisabled.eq(false))
        .order_by_asc(data_operation_notification::Column::Id)
        // Two at once must not both find the same ones.
        .lock_exclusive()
        .all(tx)
        .await?;
    let agreed = data_operation::Entity::find()
        .filter(data_operation::Column::OperationCatalogCode.is_in(announced.iter().map(|row| row.value)))
        .filter(data_operation::Column::Kind.is_in(["store", "share"]))
        .filter(data_operation::Column::IsDisabled.eq(false))
        .order_by_asc(data_operation::Column::Id)
        .all(tx)
        .await?;
    let is_older = |agreed: &data_operation::Model, new: &data_operation_notification::Model| {
        let versions = agreed.operation_catalog_version.zip(new.ver);
        agreed.operation_catalog_code == Some(new.value) && versions.is_none_or(|(agreed, new)| agreed < new)
    };
    let rows = announced.iter().flat_map(|new| {
        let concerned = agreed.iter().filter(move |agreed| is_older(agreed, new));
        concerned.map(move |agreed| {
            new_row!(
                author,
                data_operation_notification_ind {
                    data_operation_notification_id: new.id,
                    book_id: agreed.book_id,
                    status: 0,
                }
            )
        })
    });
    insert_rows(tx, rows.collect()).await?;
    update_rows!(
        tx, author, data_operation_notification, { Status: 1_i16 },
        data_operation_notification::Column::Id.is_in(announced.iter().map(|row| row.id))
    )?;
    Ok(())
}

/// A reminder that is due.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Due {
    pub(crate) pxr_id: String,
    pub(crate) value: i64,
    pub(crate) ver: Option<i64>,
}

/// The reminders that nobody has heeded and that were not sent since a time.
pub(crate) async fn due(
    connection: &impl ConnectionTrait,
    sent_before: NaiveDateTime,
    offset: u64,
    limit: u64,
) -> Result<Vec<Due>, ApiError> {
    let sql = r"select b.pxr_id, n._value as value, n._ver as ver
        from data_operation_notification_ind i
        join data_operation_notification n on n.id = i.data_operation_notification_id and n.is_disabled = false
        join my_condition_book b on b.id = i.book_id and b.is_disabled = false
        where i.is_disabled = false and i.status = 0 and (i.last_sent_at is null or i.last_sent_at < $1)
        order by i.id limit $2 offset $3";
    let bounds = [limit, offset].map(|bound| i64::try_from(bound).unwrap_or(i64::MAX));
    let values = [sent_before.into(), bounds[0].into(), bounds[1].into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    Ok(Due::find_by_statement(statement).all(connection).await?)
}

/// A resident was reminded of everything just now.
pub(crate) async fn sent(tx: &Transaction, author: &Author, book: i64) -> Result<(), ApiError> {
    update_rows!(
        tx, author, data_operation_notification_ind, { LastSentAt: author.now },
        Condition::all()
            .add(data_operation_notification_ind::Column::BookId.eq(book))
            .add(data_operation_notification_ind::Column::IsDisabled.eq(false))
    )?;
    Ok(())
}
