//! The tables as the reference has them, and the indexes that hot queries lack (spec: access-control 3).

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
        api_access_permission(manager).await?;
        api_token(manager).await?;
        caller_role(manager).await?;
        Ok(())
    }
}

async fn api_access_permission(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "api_access_permission")
        .id()
        .column("token", |column| column.varchar().not_null().unique())
        .column("target_block_code", Column::bigint)
        .column("target_api_url", |column| column.text().not_null())
        .column("target_api_method", |column| column.varchar().not_null())
        .column("target_user_id", Column::varchar)
        .column("expiration_date", |column| column.timestamp().not_null())
        .column("caller_block_code", |column| column.bigint().not_null())
        .column("caller_api_url", |column| column.text().not_null())
        .column("caller_api_method", |column| column.varchar().not_null())
        .column("caller_api_code", |column| column.varchar().not_null())
        .bigints(&["caller_wf_code", "caller_wf_version", "caller_app_code", "caller_app_version"])
        .column("caller_operator_type", |column| column.smallint().not_null())
        .column("caller_operator_login_id", |column| column.varchar().not_null())
        .column("parameter", Column::text)
        .common()
        .index(
            "api_access_permission_search_idx",
            &["token", "caller_api_url", "target_api_url", "target_api_method"],
        )
        .create(manager)
        .await
}

async fn api_token(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "api_token")
        .id()
        .column("token", |column| column.varchar().not_null().unique())
        .column("target_block_code", Column::bigint)
        .column("target_api_url", |column| column.text().not_null())
        .column("target_api_method", |column| column.varchar().not_null())
        .column("target_user_id", Column::varchar)
        .column("expiration_date", |column| column.timestamp().not_null())
        .column("caller_block_code", |column| column.bigint().not_null())
        .column("caller_api_url", |column| column.text().not_null())
        .column("caller_api_method", |column| column.varchar().not_null())
        .column("caller_api_code", |column| column.varchar().not_null())
        .bigints(&["caller_wf_code", "caller_wf_version", "caller_app_code", "caller_app_version"])
        .column("caller_operator_type", |column| column.smallint().not_null())
        .column("caller_operator_login_id", |column| column.varchar().not_null())
        .column("attribute", Column::text)
        .common()
        .index(
            "api_token_search_idx",
            &[
                "expiration_date",
                "caller_api_url",
                "caller_operator_login_id",
                "target_api_url",
                "target_api_method",
                "caller_block_code",
            ],
        )
        .create(manager)
        .await
}

async fn caller_role(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "caller_role")
        .id()
        .column("api_access_permission_id", Column::bigint)
        .column("role_catalog_code", |column| column.bigint().not_null())
        .column("role_catalog_version", |column| column.bigint().not_null())
        .common()
        .foreign_key("api_access_permission_id", "api_access_permission")
        .create(manager)
        .await
}
