//! Whole blocks, as they are run: listeners, certificates, databases, and the way between them.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up has failed"
)]

mod addresses;
mod adoption;
mod bad_input;
mod blocks_listener;
mod catalogs;
mod client_certificates;
mod commands;
mod complaints;
mod cutter;
mod databases;
mod doctor;
mod figures;
mod health;
mod interoperation;
mod interrupted_commands;
mod kill;
mod openapi;
mod public_listener;
mod reference;
mod residents;
mod revocation;
mod rootless;
mod scenario;
mod secrets_in_logs;
mod signed_identity;
mod sixth_block;
mod split;
mod spoilt_input;
mod succession;
mod support;
mod tls;
mod tokens;
mod trust_alone;
mod turned_away;
