//! What book-manage has not heard yet; and the indexes of the first migration for adopted databases, whose tables it
//! left as they are.

use platform::schema::{NewTable, may_change};
use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

#[derive(DeriveMigrationName)]
pub(super) struct StoreEvents;

/// Of a table that only grows, the few rows that the ledger does not know.
const UNSENT: &str = "create index if not exists row_hash_unsent_idx on row_hash (id) where status = 0";

/// Name, table and columns.
const INDEXES: [(&str, &str, &[&str]); 2] = [
    ("row_hash_user_id_event_thing_identifier_idx", "row_hash", &["1_1", "3_1_1", "4_1_1"]),
    ("document_row_hash_id_idx", "document", &["row_hash_id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for StoreEvents {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::new(manager, "store_event")
            .id()
            .column("session", |column| column.text().not_null())
            .column("body", |column| column.text().not_null())
            .column("not_before", |column| column.timestamp().not_null())
            .audit()
            .create(manager)
            .await?;
        if !may_change(manager, "row_hash").await? {
            tracing::warn!(
                "the tables of the local ctoken store belong to another role: indexes are not added"
            );
            return Ok(());
        }
        for (name, table, columns) in INDEXES {
            let mut index = Index::create();
            index.name(name).table(Alias::new(table)).if_not_exists();
            for column in columns {
                index.col(Alias::new(*column));
            }
            manager.create_index(index.take()).await?;
        }
        manager.get_connection().execute_unprepared(UNSENT).await?;
        Ok(())
    }
}
