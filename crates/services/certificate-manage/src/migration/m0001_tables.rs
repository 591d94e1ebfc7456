//! The tables as the reference has them, and the indexes that hot queries lack (spec: certificate-manage 3).

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
        certificate_manage(manager).await?;
        Ok(())
    }
}

async fn certificate_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "certificate_manage")
        .id()
        .column("cert_type", |column| column.varchar().not_null())
        .column("subject", |column| column.text().not_null())
        .column("serial_no", |column| column.varchar().not_null())
        .column("finger_print", |column| column.varchar().not_null())
        .column("valid_period_start", |column| column.timestamp().not_null())
        .column("valid_period_end", |column| column.timestamp().not_null())
        .column("certificate", |column| column.text().not_null())
        .bigints(&["actor_code", "actor_version", "block_code", "block_version"])
        .column("is_distributed", |column| column.boolean().not_null().default(false))
        .common()
        .index("certificate_manage_serial_no_finger_print_idx", &["serial_no", "finger_print"])
        .create(manager)
        .await
}
