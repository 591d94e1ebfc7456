//! Indexes for adopted databases too, whose tables the first migration leaves as they are; one chain a person.

use platform::schema::add_indexes;
use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, Statement},
};

#[derive(DeriveMigrationName)]
pub(super) struct Indexes;

/// Table and columns.
const INDEXES: [(&str, &[&str]); 8] = [
    ("ctoken", &["pxr_id"]),
    ("ctoken_history", &["ctoken_id"]),
    ("cmatrix", &["ctoken_id"]),
    ("cmatrix", &["actor_catalog_code", "1_1"]),
    ("row_hash", &["cmatrix_id"]),
    ("row_hash", &["3_1_1", "4_1_1"]),
    ("row_hash", &["4_1_1"]),
    ("document", &["row_hash_id"]),
];

/// Documents are looked for by identifier; the usual name would begin with two underscores.
const DOCUMENT: &str = "create index if not exists document_identifier_idx on document (_1_1)";

const DUPLICATE: &str = "select 1 from ctoken where is_disabled = false group by pxr_id having count(*) > 1";
const ONE_CHAIN: &str =
    "create unique index if not exists ctoken_one_a_person_idx on ctoken (pxr_id) where is_disabled = false";

#[async_trait::async_trait]
impl MigrationTrait for Indexes {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !add_indexes(manager, &INDEXES).await? {
            return Ok(());
        }
        let connection = manager.get_connection();
        connection.execute_unprepared(DOCUMENT).await?;
        let duplicate = Statement::from_string(manager.get_database_backend(), DUPLICATE);
        if connection.query_one_raw(duplicate).await?.is_some() {
            tracing::warn!("some persons have several chains; the first one of each goes on");
            return Ok(());
        }
        connection.execute_unprepared(ONE_CHAIN).await?;
        Ok(())
    }
}
