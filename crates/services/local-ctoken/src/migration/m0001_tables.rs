//! The tables as the reference has them, and the indexes that hot queries lack (spec: local-ctoken 3).

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
        row_hash(manager).await?;
        document(manager).await?;
        Ok(())
    }
}

async fn row_hash(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "row_hash")
        .id()
        .column("type", |column| column.smallint().not_null())
        .column("status", |column| column.smallint().not_null().default(0))
        .column("1_1", |column| column.varchar().not_null())
        .column("3_1_1", |column| column.varchar().not_null())
        .bigints(&["3_1_2_1", "3_1_2_2"])
        .column("3_2_1", Column::timestamp)
        .column("3_2_2", Column::timestamp)
        .bigints(&["3_5_1_1", "3_5_1_2", "3_5_2_1", "3_5_2_2", "3_5_5_1", "3_5_5_2"])
        .column("4_1_1", |column| column.varchar().not_null())
        .bigints(&["4_1_2_1", "4_1_2_2", "4_4_1_1", "4_4_1_2", "4_4_2_1", "4_4_2_2", "4_4_5_1", "4_4_5_2"])
        .column("row_hash", Column::varchar)
        .column("row_hash_create_at", Column::timestamp)
        .common()
        .index("row_hash_user_id_event_thing_identifier_idx", &["1_1", "3_1_1", "4_1_1"])
        .index("row_hash_status_idx", &["status"])
        .create(manager)
        .await
}

async fn document(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "document")
        .id()
        .column("row_hash_id", |column| column.bigint().not_null())
        .column("_1_1", |column| column.varchar().not_null())
        .bigints(&["_1_2_1", "_1_2_2"])
        .column("_2_1", Column::timestamp)
        .bigints(&["_3_1_1", "_3_1_2", "_3_2_1", "_3_2_2", "_3_5_1", "_3_5_2"])
        .common()
        .index("document_row_hash_id_idx", &["row_hash_id"])
        .create(manager)
        .await
}
