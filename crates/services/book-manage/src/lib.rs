//! Books of residents: consents, links, access log.
//!
//! So far its tables stand; its routes come with the residents and their data.

mod migration;

pub use migration::Migrator;
