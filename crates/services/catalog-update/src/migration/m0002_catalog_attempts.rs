//! Changes of the catalog that were begun and whose row is not written yet (spec: catalog-update 6.3, C1). Ours alone;
//! a database of the reference gets it by migration.

use platform::schema::NewTable;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct CatalogAttempts;

#[async_trait::async_trait]
impl MigrationTrait for CatalogAttempts {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::new(manager, "catalog_attempt")
            .id()
            .column("actor_code", |column| column.bigint().not_null())
            .column("request_hash", |column| column.varchar().not_null())
            .column("update_set_id", |column| column.bigint().not_null())
            .column("begun_at", |column| column.timestamp().not_null())
            .unique("catalog_attempt_request_idx", &["actor_code", "request_hash"])
            .create(manager)
            .await
    }
}
