//! The tables of the service and the questions asked of them.

pub(crate) mod file_upload_data;
pub(crate) mod file_upload_manage;

use platform::{Author, Transaction, update_rows};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Select, sea_query::Query,
};

use crate::status::Status;

/// Files that were not deleted.
pub(crate) fn files() -> Select<file_upload_manage::Entity> {
    file_upload_manage::Entity::find().filter(file_upload_manage::Column::IsDisabled.eq(false))
}

/// A file that was not deleted, held until the end of a transaction: nobody changes it or adds to it meanwhile.
pub(crate) async fn held(tx: &Transaction, id: &str) -> Result<Option<file_upload_manage::Model>, DbErr> {
    files().filter(file_upload_manage::Column::Id.eq(id)).lock_exclusive().one(tx).await
}

pub(crate) async fn set_status(
    tx: &Transaction,
    author: &Author,
    id: &str,
    status: Status,
) -> Result<(), DbErr> {
    update_rows!(
        tx, author, file_upload_manage, { Status: status.number() },
        file_upload_manage::Column::Id.eq(id),
    )?;
    Ok(())
}

/// How many chunks of a file there are.
pub(crate) async fn chunk_count(connection: &impl ConnectionTrait, id: &str) -> Result<u64, DbErr> {
    chunks_of(id).count(connection).await
}

pub(crate) async fn has_chunk(
    connection: &impl ConnectionTrait,
    id: &str,
    number: i16,
) -> Result<bool, DbErr> {
    let chunk = chunks_of(id).filter(file_upload_data::Column::SeqNo.eq(number));
    Ok(chunk.count(connection).await? > 0)
}

/// Adds a chunk, without reading it back.
pub(crate) async fn add_chunk(
    connection: &impl ConnectionTrait,
    chunk: file_upload_data::ActiveModel,
) -> Result<(), DbErr> {
    file_upload_data::Entity::insert(chunk).exec_without_returning(connection).await?;
    Ok(())
}

/// The bytes of a chunk of a file that was not deleted.
pub(crate) async fn bytes(
    connection: &impl ConnectionTrait,
    id: &str,
    number: i16,
) -> Result<Option<Vec<u8>>, DbErr> {
    let live = Query::select()
        .column(file_upload_manage::Column::Id)
        .from(file_upload_manage::Entity)
        .and_where(file_upload_manage::Column::IsDisabled.eq(false))
        .take();
    chunks_of(id)
        .select_only()
        .column(file_upload_data::Column::FileData)
        .filter(file_upload_data::Column::SeqNo.eq(number))
        .filter(file_upload_data::Column::FileUploadManageId.in_subquery(live))
        // Where an older program stored a number twice, the first one counts.
        .order_by_asc(file_upload_data::Column::Id)
        .limit(1)
        .into_tuple()
        .one(connection)
        .await
}

fn chunks_of(id: &str) -> Select<file_upload_data::Entity> {
    file_upload_data::Entity::find().filter(file_upload_data::Column::FileUploadManageId.eq(id))
}
