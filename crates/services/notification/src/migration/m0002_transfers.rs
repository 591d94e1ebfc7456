//! Under which key a notice went to another block, and which keys were taken here: the reference keeps neither, and
//! has a notice twice whose answer was lost (spec: notification, defect 8).

use platform::schema::NewTable;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Transfers;

#[async_trait::async_trait]
impl MigrationTrait for Transfers {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::new(manager, "handed_over")
            .id()
            .column("digest", |column| column.varchar().not_null())
            .column("transfer_key", |column| column.varchar().not_null())
            .common()
            .unique("handed_over_digest_idx", &["digest"])
            .create(manager)
            .await?;
        NewTable::new(manager, "taken_over")
            .id()
            .column("from_block", |column| column.bigint().not_null())
            .column("transfer_key", |column| column.varchar().not_null())
            .column("notification_id", |column| column.bigint().not_null())
            .common()
            .foreign_key("notification_id", "notification")
            .unique("taken_over_from_block_transfer_key_idx", &["from_block", "transfer_key"])
            .create(manager)
            .await
    }
}
