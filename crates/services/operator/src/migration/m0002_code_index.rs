//! Codes are looked for by their operator.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct CodeIndex;

#[async_trait::async_trait]
impl MigrationTrait for CodeIndex {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("one_time_login_code_operator_id_idx")
            .table("one_time_login_code")
            .col("operator_id")
            .if_not_exists()
            .take();
        manager.create_index(index).await
    }
}
