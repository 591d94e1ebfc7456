//! Codes are looked for by their operator.

use platform::schema::add_indexes;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct CodeIndex;

#[async_trait::async_trait]
impl MigrationTrait for CodeIndex {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_indexes(manager, &[("one_time_login_code", &["operator_id"])]).await?;
        Ok(())
    }
}
