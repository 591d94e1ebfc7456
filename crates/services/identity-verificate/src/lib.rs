//! Codes that prove who a resident is when accounts are linked.
//!
//! So far its tables stand; its routes come with the residents and their data.

mod migration;

pub use migration::Migrator;
