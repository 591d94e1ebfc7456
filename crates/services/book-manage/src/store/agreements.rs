//! What residents agreed to: `data_operation` with its data types, as the consent engine reads and writes them.

use platform::{ApiError, Author, Transaction, new_row, update_rows};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Query,
};
use vocabulary::{Code, CodeVersion};

use super::{
    data_operation, data_operation_data_type, data_operation_notification, data_operation_notification_ind,
};
use crate::{
    consent::{DataRow, Operation, Purpose},
    refusal::Refusal,
};

/// An application of an actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) actor: Code,
    pub(crate) asset: Code,
}

/// The standing agreements of a book for a purpose, or only those about one application.
pub(crate) async fn standing(
    connection: &impl ConnectionTrait,
    book: i64,
    purpose: Purpose,
    about: Option<Application>,
) -> Result<Vec<Operation>, ApiError> {
    let mut query = data_operation::Entity::find()
        .filter(data_operation::Column::BookId.eq(book))
        .filter(data_operation::Column::Kind.eq(purpose.word()))
        .filter(data_operation::Column::IsDisabled.eq(false));
    if let Some(Application { actor, asset }) = about {
        let is_asset = Condition::any()
            .add(data_operation::Column::AppCatalogCode.eq(asset.0))
            .add(data_operation::Column::WfCatalogCode.eq(asset.0));
        query = query.filter(data_operation::Column::ActorCatalogCode.eq(actor.0)).filter(is_asset);
    }
    let operations = query.order_by_asc(data_operation::Column::Id).all(connection).await?;
    let ids: Vec<i64> = operations.iter().map(|row| row.id).collect();
    let rows = data_operation_data_type::Entity::find()
        .filter(data_operation_data_type::Column::DataOperationId.is_in(ids))
        .filter(data_operation_data_type::Column::IsDisabled.eq(false))
        .order_by_asc(data_operation_data_type::Column::Id)
        .all(connection)
        .await?;
    let mut standing: Vec<_> = operations.iter().filter_map(|row| operation(purpose, row)).collect();
    for row in rows {
        if let Some(operation) = standing.iter_mut().find(|one| one.id == row.data_operation_id) {
            operation.rows.push(data_row(row));
        }
    }
    Ok(standing)
}

/// Old rows without a definition or an application say nothing.
fn operation(purpose: Purpose, row: &data_operation::Model) -> Option<Operation> {
    let (asset, version) = match row.app_catalog_code {
        Some(app) => (app, row.app_catalog_version),
        None => (row.wf_catalog_code?, row.wf_catalog_version),
    };
    Some(Operation {
        id: row.id,
        purpose,
        actor: CodeVersion::new(row.actor_catalog_code, row.actor_catalog_version),
        asset: CodeVersion::new(asset, version.unwrap_or(row.actor_catalog_version)),
        definition: CodeVersion::new(row.operation_catalog_code?, row.operation_catalog_version?),
        is_disabled: row.is_disabled,
        rows: Vec::new(),
    })
}

/// The two columns of a code, when both are set.
pub(crate) fn code(value: Option<i64>, version: Option<i64>) -> Option<CodeVersion> {
    Some(CodeVersion::new(value?, version?))
}

fn data_row(row: data_operation_data_type::Model) -> DataRow {
    DataRow {
        document: code(row.document_catalog_code, row.document_catalog_version),
        event: code(row.event_catalog_code, row.event_catalog_version),
        thing: code(row.thing_catalog_code, row.thing_catalog_version),
        element: row.catalog_uuid.unwrap_or_default(),
        is_allowed: row.consent_flg,
        is_disabled: row.is_disabled,
    }
}

/// The actors whom the resident ever let store data, withdrawn or not: what they stored is still there.
pub(crate) async fn storing_actors(
    connection: &impl ConnectionTrait,
    book: i64,
) -> Result<Vec<Code>, ApiError> {
    let actors: Vec<i64> = data_operation::Entity::find()
        .select_only()
        .column(data_operation::Column::ActorCatalogCode)
        .filter(data_operation::Column::BookId.eq(book))
        .filter(data_operation::Column::Kind.eq(Purpose::Store.word()))
        .distinct()
        .order_by_asc(data_operation::Column::ActorCatalogCode)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(actors.into_iter().map(Code).collect())
}

/// An agreement to be noted.
#[derive(Debug)]
pub(crate) struct NewAgreement {
    pub(crate) book: i64,
    pub(crate) purpose: Purpose,
    pub(crate) actor: CodeVersion,
    pub(crate) app: Code,
    pub(crate) app_version: Option<i64>,
    pub(crate) definition: CodeVersion,
    pub(crate) rows: Vec<DataRow>,
}

/// Notes an agreement: a new one, or one that was given or withdrawn before, in whose place the new words stand.
/// The caller holds the book's lock. A definition has one row a book, so it counts for one application only.
pub(crate) async fn agree(tx: &Transaction, author: &Author, new: NewAgreement) -> Result<(), ApiError> {
    let known = data_operation::Entity::find()
        .filter(data_operation::Column::BookId.eq(new.book))
        .filter(data_operation::Column::OperationCatalogCode.eq(new.definition.value.0))
        .one(tx)
        .await?;
    let id = match known {
        Some(row) => renew(tx, author, &new, &row).await?,
        None => insert(tx, author, &new).await?,
    };
    insert_rows(tx, author, id, new.rows).await?;
    settle_reminders(tx, author, new.book, new.definition.value).await
}

async fn insert(tx: &Transaction, author: &Author, new: &NewAgreement) -> Result<i64, ApiError> {
    let row = new_row!(
        author,
        data_operation {
            book_id: new.book,
            kind: new.purpose.word().to_owned(),
            operation_catalog_code: Some(new.definition.value.0),
            operation_catalog_version: Some(new.definition.ver.0),
            actor_catalog_code: new.actor.value.0,
            actor_catalog_version: new.actor.ver.0,
            app_catalog_code: Some(new.app.0),
            app_catalog_version: new.app_version,
        }
    );
    Ok(row.insert(tx).await?.id)
}

async fn renew(
    tx: &Transaction,
    author: &Author,
    new: &NewAgreement,
    known: &data_operation::Model,
) -> Result<i64, ApiError> {
    let is_same = known.kind == new.purpose.word()
        && known.actor_catalog_code == new.actor.value.0
        && known.app_catalog_code == Some(new.app.0)
        && known.wf_catalog_code.is_none();
    if !is_same {
        return Err(Refusal::AgreedElsewhere.into());
    }
    update_rows!(
        tx, author, data_operation,
        { OperationCatalogVersion: Some(new.definition.ver.0), IsDisabled: false },
        data_operation::Column::Id.eq(known.id)
    )?;
    disable_rows(tx, author, known.id).await?;
    Ok(known.id)
}

async fn insert_rows(
    tx: &Transaction,
    author: &Author,
    operation: i64,
    rows: Vec<DataRow>,
) -> Result<(), ApiError> {
    let value = |code: Option<CodeVersion>| code.map(|code| code.value.0);
    let version = |code: Option<CodeVersion>| code.map(|code| code.ver.0);
    let rows = rows.into_iter().map(|row| {
        new_row!(
            author,
            data_operation_data_type {
                data_operation_id: operation,
                catalog_uuid: Some(row.element),
                document_catalog_code: value(row.document),
                document_catalog_version: version(row.document),
                event_catalog_code: value(row.event),
                event_catalog_version: version(row.event),
                thing_catalog_code: value(row.thing),
                thing_catalog_version: version(row.thing),
                consent_flg: row.is_allowed,
            }
        )
    });
    platform::insert_rows(tx, rows.collect()).await?;
    Ok(())
}

async fn disable_rows(tx: &Transaction, author: &Author, operation: i64) -> Result<u64, ApiError> {
    Ok(update_rows!(
        tx, author, data_operation_data_type,
        { IsDisabled: true },
        data_operation_data_type::Column::DataOperationId.eq(operation),
        data_operation_data_type::Column::IsDisabled.eq(false)
    )?)
}

/// Whoever has agreed need not be reminded of it any more (spec: book-manage 6, defect 26).
async fn settle_reminders(
    tx: &Transaction,
    author: &Author,
    book: i64,
    definition: Code,
) -> Result<(), ApiError> {
    let about = Query::select()
        .column(data_operation_notification::Column::Id)
        .from(data_operation_notification::Entity)
        .and_where(data_operation_notification::Column::Value.eq(definition.0))
        .to_owned();
    update_rows!(
        tx, author, data_operation_notification_ind,
        { Status: 1_i16 },
        data_operation_notification_ind::Column::BookId.eq(book),
        data_operation_notification_ind::Column::Status.eq(0_i16),
        data_operation_notification_ind::Column::DataOperationNotificationId.in_subquery(about)
    )?;
    Ok(())
}

/// Withdraws an agreement of a book; gives its definition, or nothing where there is none that stands. Of two at
/// once one finds it.
pub(crate) async fn withdraw(
    tx: &Transaction,
    author: &Author,
    book: i64,
    purpose: Purpose,
    id: i64,
) -> Result<Option<i64>, ApiError> {
    let withdrawn = update_rows!(
        tx, author, data_operation,
        { IsDisabled: true },
        data_operation::Column::Id.eq(id),
        data_operation::Column::BookId.eq(book),
        data_operation::Column::Kind.eq(purpose.word()),
        data_operation::Column::IsDisabled.eq(false)
    )?;
    if withdrawn == 0 || disable_rows(tx, author, id).await? == 0 {
        return Ok(None);
    }
    let row = data_operation::Entity::find_by_id(id).one(tx).await?;
    Ok(Some(row.and_then(|row| row.operation_catalog_code).unwrap_or_default()))
}
