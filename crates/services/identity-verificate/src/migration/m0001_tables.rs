//! The tables as the reference has them, and the indexes that hot queries lack (spec: identity-verificate 3).

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
        identify_verify(manager).await?;
        identify_verify_url(manager).await?;
        Ok(())
    }
}

async fn identify_verify(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "identify_verify")
        .id()
        .column("code", |column| column.varchar().not_null())
        .column("actor_catalog_code", |column| column.bigint().not_null())
        .column("actor_catalog_version", |column| column.bigint().not_null())
        .bigints(&[
            "region_catalog_code",
            "region_catalog_version",
            "application_catalog_code",
            "application_catalog_version",
            "workflow_catalog_code",
            "workflow_catalog_version",
        ])
        .column("pxr_id", |column| column.varchar().not_null())
        .column("user_id", Column::varchar)
        .column("is_verified", |column| column.smallint().not_null().default(0))
        .column("expiration_at", Column::timestamp)
        .common()
        .index("identify_verify_code_idx", &["code"])
        .index("identify_verify_pxr_id_idx", &["pxr_id"])
        .create(manager)
        .await
}

async fn identify_verify_url(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "identify_verify_url")
        .id()
        .column("code", |column| column.varchar().not_null())
        .column("type", |column| column.smallint().not_null())
        .column("user_id", |column| column.varchar().not_null())
        .column("actor_catalog_code", |column| column.bigint().not_null())
        .column("actor_catalog_version", |column| column.bigint().not_null())
        .bigints(&[
            "region_catalog_code",
            "region_catalog_version",
            "application_catalog_code",
            "application_catalog_version",
            "workflow_catalog_code",
            "workflow_catalog_version",
        ])
        .column("expiration_at", Column::timestamp)
        .common()
        .index("identify_verify_url_code_idx", &["code"])
        .create(manager)
        .await
}
