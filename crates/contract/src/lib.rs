//! What the services offer each other: wire types and typed clients, one file a service.
//!
//! The serving handler and the calling client use the same types, so the two sides cannot drift.
//! Types that only outside clients use stay with their handler.

pub mod access_control;
pub mod access_control_manage;
pub mod book_manage;
pub mod book_operate;
pub mod catalog;
pub mod certificate_manage;
pub mod certification_authority;
pub mod ctoken_ledger;
pub mod data_output;
pub mod document;
pub mod endings;
pub mod identity_verificate;
pub mod linking;
pub mod local_ctoken;
pub mod matrix;
pub mod namespaces;
pub mod notification;
pub mod operator;
pub mod path_pattern;
pub mod permission;
pub mod permission_table;
pub mod proxy;
pub mod reference_batch;

mod failure;
mod tolerant;

pub use failure::CallFailure;
