//! Temporary share codes with what they stand for.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use platform::{ApiError, Author, Transaction, insert_rows, new_row, update_rows};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, prelude::Uuid,
};
use vocabulary::CodeVersion;

use super::{
    agreements::code, data_operation, data_operation_data, data_operation_data_type, temporarily_shared_code,
};
use crate::{
    consent::{DataKind, Datum},
    refusal::Refusal,
    share_code::Identified,
};

const TEMPORARY: &str = "temp";

/// A code that is the newest of its application.
#[derive(Debug)]
pub(crate) struct ShareCode {
    pub(crate) operation: data_operation::Model,
    pub(crate) code: temporarily_shared_code::Model,
    pub(crate) kinds: Vec<Datum>,
    pub(crate) data: Vec<Identified>,
}

/// The codes of a book, the expired ones, too.
pub(crate) async fn of_book(
    connection: &impl ConnectionTrait,
    book: i64,
) -> Result<Vec<ShareCode>, ApiError> {
    let operations = data_operation::Entity::find()
        .filter(data_operation::Column::BookId.eq(book))
        .filter(data_operation::Column::Kind.eq(TEMPORARY))
        .filter(data_operation::Column::IsDisabled.eq(false))
        .order_by_asc(data_operation::Column::Id)
        .all(connection)
        .await?;
    let codes = temporarily_shared_code::Entity::find()
        .filter(temporarily_shared_code::Column::DataOperateDefinitionId.is_in(ids(&operations)))
        .filter(temporarily_shared_code::Column::IsDisabled.eq(false))
        .order_by_asc(temporarily_shared_code::Column::ExpireAt)
        .all(connection)
        .await?;
    // Of several codes of old data the one that lasts longest.
    let codes: HashMap<_, _> =
        codes.into_iter().map(|code| (code.data_operate_definition_id, code)).collect();
    complete(connection, operations, codes).await
}

/// The code with that text, while it was not replaced.
pub(crate) async fn by_code(
    connection: &impl ConnectionTrait,
    code: Uuid,
) -> Result<Option<ShareCode>, ApiError> {
    let found = temporarily_shared_code::Entity::find_by_id(code)
        .filter(temporarily_shared_code::Column::IsDisabled.eq(false))
        .one(connection)
        .await?;
    let Some(found) = found else { return Ok(None) };
    let operation = data_operation::Entity::find_by_id(found.data_operate_definition_id)
        .filter(data_operation::Column::Kind.eq(TEMPORARY))
        .filter(data_operation::Column::IsDisabled.eq(false))
        .one(connection)
        .await?;
    let codes = HashMap::from([(found.data_operate_definition_id, found)]);
    Ok(complete(connection, operation.into_iter().collect(), codes).await?.pop())
}

fn ids(operations: &[data_operation::Model]) -> Vec<i64> {
    operations.iter().map(|operation| operation.id).collect()
}

async fn complete(
    connection: &impl ConnectionTrait,
    operations: Vec<data_operation::Model>,
    mut codes: HashMap<i64, temporarily_shared_code::Model>,
) -> Result<Vec<ShareCode>, ApiError> {
    let kinds = data_operation_data_type::Entity::find()
        .filter(data_operation_data_type::Column::DataOperationId.is_in(ids(&operations)))
        .filter(data_operation_data_type::Column::IsDisabled.eq(false))
        .order_by_asc(data_operation_data_type::Column::Id)
        .all(connection)
        .await?;
    let data = data_operation_data::Entity::find()
        .filter(data_operation_data::Column::DataOperationId.is_in(ids(&operations)))
        .filter(data_operation_data::Column::IsDisabled.eq(false))
        .order_by_asc(data_operation_data::Column::Id)
        .all(connection)
        .await?;
    let complete = operations.into_iter().filter_map(|operation| {
        let code = codes.remove(&operation.id)?;
        let its_kinds = kinds.iter().filter(|row| row.data_operation_id == operation.id).filter_map(kind);
        let its_data = data.iter().filter(|row| row.data_operation_id == operation.id).filter_map(identified);
        Some(ShareCode { kinds: its_kinds.collect(), data: its_data.collect(), code, operation })
    });
    Ok(complete.collect())
}

fn kind(row: &data_operation_data_type::Model) -> Option<Datum> {
    let document = code(row.document_catalog_code, row.document_catalog_version);
    let event = code(row.event_catalog_code, row.event_catalog_version);
    let thing = code(row.thing_catalog_code, row.thing_catalog_version);
    let document = document.map(|code| Datum::new(DataKind::Document, code));
    let event = event.map(|code| Datum::new(DataKind::Event, code));
    document.or(event).or(thing.map(|code| Datum::new(DataKind::Thing, code)))
}

fn identified(row: &data_operation_data::Model) -> Option<Identified> {
    Some(Identified {
        kind: row.kind?,
        identifier: row.identifier.clone()?,
        parent: row.parent_data_id.clone(),
    })
}

/// A code to be issued.
#[derive(Debug)]
pub(crate) struct NewShareCode {
    pub(crate) book: i64,
    pub(crate) actor: CodeVersion,
    pub(crate) app: CodeVersion,
    pub(crate) kinds: Vec<Datum>,
    pub(crate) data: Vec<Identified>,
    pub(crate) code: Uuid,
    pub(crate) expire_at: NaiveDateTime,
}

/// Issues a code in place of the one that was issued for the same application before. The caller holds the book's lock.
pub(crate) async fn issue(tx: &Transaction, author: &Author, new: NewShareCode) -> Result<(), ApiError> {
    let known = data_operation::Entity::find()
        .filter(data_operation::Column::BookId.eq(new.book))
        .filter(data_operation::Column::OperationCatalogCode.eq(new.app.value.0))
        .one(tx)
        .await?;
    let operation = match known {
        Some(row) => replace(tx, author, &new, &row).await?,
        None => insert(tx, author, &new).await?,
    };
    insert_kinds(tx, author, operation, &new.kinds).await?;
    insert_data(tx, author, operation, new.data).await?;
    let row = new_row!(
        author,
        temporarily_shared_code {
            id: new.code,
            data_operate_definition_id: operation,
            expire_at: new.expire_at,
        }
    );
    row.insert(tx).await?;
    Ok(())
}

async fn insert(tx: &Transaction, author: &Author, new: &NewShareCode) -> Result<i64, ApiError> {
    let row = new_row!(
        author,
        data_operation {
            book_id: new.book,
            kind: TEMPORARY.to_owned(),
            // The table wants a code of its own for each operation of a book.
            operation_catalog_code: Some(new.app.value.0),
            actor_catalog_code: new.actor.value.0,
            actor_catalog_version: new.actor.ver.0,
            app_catalog_code: Some(new.app.value.0),
            app_catalog_version: Some(new.app.ver.0),
        }
    );
    Ok(row.insert(tx).await?.id)
}

async fn replace(
    tx: &Transaction,
    author: &Author,
    new: &NewShareCode,
    known: &data_operation::Model,
) -> Result<i64, ApiError> {
    if known.kind != TEMPORARY || known.actor_catalog_code != new.actor.value.0 {
        return Err(Refusal::AgreedElsewhere.into());
    }
    let id = known.id;
    update_rows!(
        tx, author, data_operation, { IsDisabled: false },
        data_operation::Column::Id.eq(id)
    )?;
    update_rows!(
        tx, author, data_operation_data_type, { IsDisabled: true },
        data_operation_data_type::Column::DataOperationId.eq(id),
        data_operation_data_type::Column::IsDisabled.eq(false)
    )?;
    update_rows!(
        tx, author, data_operation_data, { IsDisabled: true },
        data_operation_data::Column::DataOperationId.eq(id),
        data_operation_data::Column::IsDisabled.eq(false)
    )?;
    update_rows!(
        tx, author, temporarily_shared_code, { IsDisabled: true },
        temporarily_shared_code::Column::DataOperateDefinitionId.eq(id),
        temporarily_shared_code::Column::IsDisabled.eq(false)
    )?;
    Ok(id)
}

async fn insert_kinds(
    tx: &Transaction,
    author: &Author,
    operation: i64,
    kinds: &[Datum],
) -> Result<(), ApiError> {
    let rows = kinds.iter().map(|Datum { kind, code }| {
        let value = |of: DataKind| (of == *kind).then_some(code.value.0);
        let version = |of: DataKind| (of == *kind).then_some(code.ver.0);
        new_row!(
            author,
            data_operation_data_type {
                data_operation_id: operation,
                document_catalog_code: value(DataKind::Document),
                document_catalog_version: version(DataKind::Document),
                event_catalog_code: value(DataKind::Event),
                event_catalog_version: version(DataKind::Event),
                thing_catalog_code: value(DataKind::Thing),
                thing_catalog_version: version(DataKind::Thing),
                consent_flg: true,
            }
        )
    });
    insert_rows(tx, rows.collect()).await?;
    Ok(())
}

async fn insert_data(
    tx: &Transaction,
    author: &Author,
    operation: i64,
    data: Vec<Identified>,
) -> Result<(), ApiError> {
    let rows = data.into_iter().map(|Identified { kind, identifier, parent }| {
        new_row!(
            author,
            data_operation_data {
                data_operation_id: operation,
                parent_data_id: parent,
                kind: Some(kind),
                identifier: Some(identifier),
            }
        )
    });
    insert_rows(tx, rows.collect()).await?;
    Ok(())
}
