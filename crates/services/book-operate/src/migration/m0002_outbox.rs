//! Tables of our own: what local-ctoken must still hear of, and a lock for each user id.

use platform::schema::{Column, NewTable};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Outbox;

#[async_trait::async_trait]
impl MigrationTrait for Outbox {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::new(manager, "ctoken_outbox")
            .id()
            .column("session", |column| column.text().not_null())
            .column("differences", |column| column.text().not_null())
            .column("attempts", |column| column.integer().not_null().default(0))
            .column("next_attempt_at", Column::timestamp)
            .column("claimed_until", Column::timestamp)
            .column("refused", |column| column.boolean().not_null().default(false))
            .column("last_error", Column::text)
            .common()
            .create(manager)
            .await?;
        NewTable::new(manager, "user_lock")
            .text_id()
            .column("locked_at", |column| column.timestamp().not_null())
            .create(manager)
            .await?;
        let identifier = |table: &'static str, column: &'static str| {
            Index::create()
                .name(format!("{table}_{column}_idx"))
                .table(Alias::new(table))
                .col(Alias::new(column))
                .if_not_exists()
                .take()
        };
        manager.create_index(identifier("thing", "thing_identifier")).await?;
        manager.create_index(identifier("document", "doc_identifier")).await?;
        manager.create_index(identifier("event_set_event_relation", "event_id")).await?;
        manager.create_index(identifier("cmatrix_2_n", "_1_1")).await?;
        manager.create_index(identifier("cmatrix_2_n_relation", "cmatrix_event_id")).await
    }
}
