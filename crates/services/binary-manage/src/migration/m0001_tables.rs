//! The tables as the reference has them, and the indexes that hot queries lack (spec: binary-manage 3).

use platform::schema::NewTable;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Tables;

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        file_upload_manage(manager).await?;
        file_upload_data(manager).await?;
        Ok(())
    }
}

async fn file_upload_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "file_upload_manage")
        .text_id()
        .column("file_name", |column| column.varchar().not_null())
        .column("status", |column| column.smallint().not_null().default(0))
        .column("chunk_count", |column| column.smallint().not_null().default(0))
        .common()
        .create(manager)
        .await
}

async fn file_upload_data(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "file_upload_data")
        .id()
        .column("file_upload_manage_id", |column| column.varchar().not_null())
        .column("seq_no", |column| column.bigint().not_null().default(1))
        .column("file_data", |column| column.bytes().not_null())
        .audit()
        .foreign_key("file_upload_manage_id", "file_upload_manage")
        .index("file_upload_data_file_upload_manage_id_seq_no_idx", &["file_upload_manage_id", "seq_no"])
        .create(manager)
        .await
}
