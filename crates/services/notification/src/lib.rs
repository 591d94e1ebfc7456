//! Notices and approval requests addressed to the operators of a block.

mod migration;

pub use migration::Migrator;
