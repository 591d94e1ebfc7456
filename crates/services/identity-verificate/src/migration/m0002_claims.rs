//! Claims on codes, and that a code means one thing (spec: identity-verificate 6, D9), for adopted databases too.

use platform::schema::{NewTable, may_change};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Claims;

#[async_trait::async_trait]
impl MigrationTrait for Claims {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::new(manager, "identify_verify_claim")
            .column("identify_verify_id", |column| column.bigint().not_null())
            .column("holder", |column| column.varchar().not_null())
            .column("taken_at", |column| column.timestamp().not_null())
            .unique("identify_verify_claim_identify_verify_id_idx", &["identify_verify_id"])
            .create(manager)
            .await?;
        if !may_change(manager, "identify_verify").await? {
            tracing::warn!("the tables of the service belong to another role: indexes are not added");
            return Ok(());
        }
        for table in ["identify_verify", "identify_verify_url"] {
            manager
                .get_connection()
                .execute_unprepared(&format!(
                    "create unique index if not exists {table}_live_code_idx on {table} (code) \
                     where is_disabled = false"
                ))
                .await?;
        }
        Ok(())
    }
}
