//! The index of who holds what about whom, at the root.
//!
//! So far its tables stand; its routes come with the residents and their data.

mod migration;

pub use migration::Migrator;
