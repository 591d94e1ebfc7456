//! Stories over the catalog: certification, regions, joining, data operations.

mod migration;

pub use migration::Migrator;
