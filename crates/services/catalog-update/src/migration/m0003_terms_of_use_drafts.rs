//! Which rows of terms of use are drafts (spec: catalog-update 6.3, C13). Ours alone; rows of the reference, in which
//! nobody can tell drafts, count as published.

use platform::schema::NewTable;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct TermsOfUseDrafts;

#[async_trait::async_trait]
impl MigrationTrait for TermsOfUseDrafts {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::new(manager, "terms_of_use_draft")
            .id()
            .column("kind", |column| column.smallint().not_null())
            .column("terms_id", |column| column.bigint().not_null())
            .unique("terms_of_use_draft_terms_idx", &["kind", "terms_id"])
            .create(manager)
            .await
    }
}
