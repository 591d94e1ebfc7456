//! The book-operate service through HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod access_log;
mod book;
mod documents;
mod events;
mod interrupted;
mod outbox;
mod share;
mod store;
mod things;
mod users;
mod world;
