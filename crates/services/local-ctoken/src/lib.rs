//! The part of the index that an application block keeps and reports.
//!
//! So far its tables stand; its routes come with the residents and their data.

mod migration;

pub use migration::Migrator;
