//! The tables as the reference has them, and the indexes that hot queries lack (spec: ctoken-ledger 3).

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
        ctoken(manager).await?;
        ctoken_history(manager).await?;
        cmatrix(manager).await?;
        row_hash(manager).await?;
        document(manager).await?;
        Ok(())
    }
}

async fn ctoken(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "ctoken")
        .id()
        .column("pxr_id", |column| column.varchar().not_null())
        .column("ctoken", |column| column.varchar().not_null())
        .column("ctoken_create_at", |column| column.timestamp().not_null().default_now())
        .common()
        .index("ctoken_pxr_id_idx", &["pxr_id"])
        .create(manager)
        .await
}

async fn ctoken_history(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "ctoken_history")
        .id()
        .column("ctoken_id", |column| column.bigint().not_null())
        .column("ctoken", |column| column.varchar().not_null())
        .column("ctoken_create_at", |column| column.timestamp().not_null().default_now())
        .common()
        .index("ctoken_history_ctoken_id_idx", &["ctoken_id"])
        .create(manager)
        .await
}

async fn cmatrix(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "cmatrix")
        .id()
        .column("ctoken_id", |column| column.bigint().not_null())
        .column("actor_catalog_code", |column| column.bigint().not_null())
        .column("actor_catalog_version", |column| column.bigint().not_null())
        .column("1_1", |column| column.varchar().not_null())
        .column("cmatrix_hash", |column| column.varchar().not_null())
        .column("cmatrix_hash_create_at", |column| column.timestamp().not_null().default_now())
        .common()
        .index("cmatrix_ctoken_id_idx", &["ctoken_id"])
        .index("cmatrix_actor_catalog_code_1_1_idx", &["actor_catalog_code", "1_1"])
        .create(manager)
        .await
}

async fn row_hash(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "row_hash")
        .id()
        .column("cmatrix_id", |column| column.bigint().not_null())
        .column("3_1_1", |column| column.varchar().not_null())
        .column("3_1_2_1", |column| column.bigint().not_null())
        .column("3_1_2_2", |column| column.bigint().not_null())
        .column("3_2_1", Column::timestamp)
        .column("3_2_2", Column::timestamp)
        .column("3_5_1_1", |column| column.bigint().not_null())
        .column("3_5_1_2", |column| column.bigint().not_null())
        .bigints(&["3_5_2_1", "3_5_2_2", "3_5_5_1", "3_5_5_2"])
        .column("4_1_1", |column| column.varchar().not_null())
        .column("4_1_2_1", |column| column.bigint().not_null())
        .column("4_1_2_2", |column| column.bigint().not_null())
        .column("4_4_1_1", |column| column.bigint().not_null())
        .column("4_4_1_2", |column| column.bigint().not_null())
        .bigints(&["4_4_2_1", "4_4_2_2", "4_4_5_1", "4_4_5_2"])
        .column("row_hash", |column| column.varchar().not_null())
        .column("row_hash_create_at", |column| column.timestamp().not_null())
        .common()
        .index("row_hash_cmatrix_id_idx", &["cmatrix_id"])
        .index("row_hash_3_1_1_4_1_1_idx", &["3_1_1", "4_1_1"])
        .create(manager)
        .await
}

async fn document(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "document")
        .id()
        .column("row_hash_id", |column| column.bigint().not_null())
        .column("_1_1", |column| column.varchar().not_null())
        .column("_1_2_1", |column| column.bigint().not_null())
        .column("_1_2_2", |column| column.bigint().not_null())
        .column("_2_1", |column| column.timestamp().not_null())
        .column("_3_1_1", |column| column.bigint().not_null())
        .column("_3_1_2", |column| column.bigint().not_null())
        .bigints(&["_3_2_1", "_3_2_2", "_3_5_1", "_3_5_2"])
        .common()
        .index("document_row_hash_id_idx", &["row_hash_id"])
        .create(manager)
        .await
}
