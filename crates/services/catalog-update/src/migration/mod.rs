//! The schema of the service. Migrations are frozen once they landed.

mod m0001_tables;
mod m0002_catalog_attempts;
mod m0003_terms_of_use_drafts;

use sea_orm_migration::prelude::*;

/// All states of the tables, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_tables::Tables),
            Box::new(m0002_catalog_attempts::CatalogAttempts),
            Box::new(m0003_terms_of_use_drafts::TermsOfUseDrafts),
        ]
    }
}
