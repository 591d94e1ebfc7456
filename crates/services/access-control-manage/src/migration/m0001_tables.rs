//! The tables as the reference has them, and the indexes that hot queries lack (spec: access-control-manage 3).

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
        token_generation_history(manager).await?;
        token_access_history(manager).await?;
        caller_role(manager).await?;
        Ok(())
    }
}

async fn token_generation_history(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "token_generation_history")
        .id()
        .column("caller_block_catalog_code", |column| column.bigint().not_null())
        .column("caller_api_url", |column| column.varchar().not_null())
        .column("caller_api_method", |column| column.varchar_of(10).not_null())
        .column("caller_api_code", |column| column.varchar().not_null())
        .bigints(&[
            "caller_workflow_catalog_code",
            "caller_workflow_catalog_version",
            "caller_application_catalog_code",
            "caller_application_catalog_version",
        ])
        .column("caller_operator_type", |column| column.smallint().not_null())
        .bigints(&["caller_operator_id", "pxr_id"])
        .column("caller_user_id", Column::varchar)
        .column("temporary_code", Column::varchar)
        .column("identity_code", Column::varchar)
        .common()
        .create(manager)
        .await
}

async fn token_access_history(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "token_access_history")
        .id()
        .column("created_history_id", Column::bigint)
        .column("api_token", |column| column.varchar().not_null())
        .column("destination_block_catalog_code", |column| column.bigint().not_null())
        .column("destination_api_url", |column| column.varchar().not_null())
        .column("destination_api_method", |column| column.varchar_of(10).not_null())
        .column("destination_user_id", Column::varchar)
        .column("expiration_at", |column| column.timestamp().not_null())
        .column("parameter", Column::text)
        .column("status", Column::smallint)
        .common()
        .foreign_key("created_history_id", "token_generation_history")
        .create(manager)
        .await
}

async fn caller_role(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "caller_role")
        .id()
        .column("created_history_id", Column::bigint)
        .column("caller_role_catalog_code", |column| column.bigint().not_null())
        .column("caller_role_catalog_version", |column| column.bigint().not_null())
        .common()
        .foreign_key("created_history_id", "token_generation_history")
        .create(manager)
        .await
}
