//! When each item changed last, as a number that only grows: what search indexes have yet to see.

use platform::schema::NewTable;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Revisions;

#[async_trait::async_trait]
impl MigrationTrait for Revisions {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::new(manager, "item_revision")
            .column("code", |column| column.bigint().not_null())
            .column("revision", |column| column.bigint().not_null())
            .unique("item_revision_code_idx", &["code"])
            .index("item_revision_revision_idx", &["revision"])
            .create(manager)
            .await
    }
}
