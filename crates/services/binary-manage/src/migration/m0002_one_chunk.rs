//! A file has one chunk of each number (spec: binary-manage 6.2). Where the reference stored some twice, they stay,
//! and the index only finds them quickly.

use platform::schema::may_change;
use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, Statement},
};

#[derive(DeriveMigrationName)]
pub(super) struct OneChunk;

#[async_trait::async_trait]
impl MigrationTrait for OneChunk {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !may_change(manager, "file_upload_data").await? {
            tracing::warn!("the tables of the service belong to another role: indexes are not added");
            return Ok(());
        }
        let mut index = Index::create();
        index
            .name("file_upload_data_chunk_idx")
            .table("file_upload_data")
            .col("file_upload_manage_id")
            .col("seq_no")
            .if_not_exists();
        if has_doubles(manager).await? {
            tracing::warn!("some files have several chunks of one number: their order is not certain");
        } else {
            index.unique();
        }
        manager.create_index(index.take()).await
    }
}

async fn has_doubles(manager: &SchemaManager<'_>) -> Result<bool, DbErr> {
    let question = "select seq_no from file_upload_data group by file_upload_manage_id, seq_no \
                    having count(*) > 1 limit 1";
    let question = Statement::from_string(manager.get_database_backend(), question);
    Ok(manager.get_connection().query_one_raw(question).await?.is_some())
}
