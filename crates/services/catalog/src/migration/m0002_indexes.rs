//! Indexes for hot queries, for adopted databases too, whose tables the first migration leaves as they are; and
//! what older ones lack (spec: catalog 3).

use platform::schema::may_change;
use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

#[derive(DeriveMigrationName)]
pub(super) struct Indexes;

/// Table and columns; the name follows from them.
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
        if !may_change(manager, "catalog_item").await? {
            tracing::warn!("the tables of the catalog belong to another role: indexes are not added");
            return Ok(());
        }
        for (table, columns) in INDEXES {
            let name = format!("{table}_{}_idx", columns.join("_"));
            let mut index = Index::create();
            index.name(name).table(Alias::new(table)).if_not_exists();
            for column in columns {
                index.col(Alias::new(*column));
            }
            manager.create_index(index.take()).await?;
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
