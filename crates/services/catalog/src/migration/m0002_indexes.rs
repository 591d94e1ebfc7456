//! Indexes for hot queries, for adopted databases too, whose tables the first migration leaves as they are; and
//! what older ones lack (spec: catalog 3).

use platform::schema::add_indexes;
use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

#[derive(DeriveMigrationName)]
pub(super) struct Indexes;

/// Table and columns.
const INDEXES: [(&str, &[&str]); 13] = [
    ("catalog_item", &["ns_id"]),
    ("catalog_item", &["inherit_code", "inherit_version"]),
    ("catalog_item_attribute", &["catalog_item_id"]),
    ("catalog_item_attribute", &["ns_id"]),
    ("item_template", &["catalog_item_id"]),
    ("template_property", &["item_template_id"]),
    ("template_property", &["code", "version"]),
    ("property_candidate", &["template_property_id"]),
    ("property_candidate", &["code", "version"]),
    ("property_candidate", &["base_code", "base_version"]),
    ("property_candidate", &["ns_id"]),
    ("cmatrix_index", &["catalog_item_id"]),
    ("attribute_update_set", &["update_set_id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Indexes {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !add_indexes(manager, &INDEXES).await? {
            return Ok(());
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            let connection = manager.get_connection();
            connection
                .execute_unprepared(
                    "alter table update_set alter column type drop not null, alter column type drop default",
                )
                .await?;
        }
        Ok(())
    }
}
