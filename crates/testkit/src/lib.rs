//! Starts one service for tests: its database (SQLite or PostgreSQL), a clock that stands still until it is
//! moved, and stand-ins for its neighbours that answer as told and remember what they were asked.
//!
//! ```text
//! on_both_databases! {
//!     async fn an_unknown_notice_is_refused(database: Database) {
//!         let neighbours = Neighbours::new();
//!         let bench = Bench::start::<Migrator>(ServiceName::Notification, database, neighbours, router).await;
//!         let reply = bench.put("/notification").session(&member()).json(json!({"id": 9})).send().await;
//!         assert_eq!(reply.status, 400);
//!     }
//! }
//! ```
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up has failed"
)]
#![expect(clippy::missing_panics_doc, reason = "see above")]

mod bench;
mod database;
mod log;
mod neighbours;
mod people;
mod rows;
mod spoilt;

pub use bench::{Bench, Reply, RequestBuilder};
pub use database::Database;
pub use log::Log;
pub use neighbours::{Asked, Fault, Neighbours};
pub use people::{application, individual, member, member_with, of_actor, resident};
pub use spoilt::{BAD_TEXTS, spoilt};

/// One promise, checked on both databases. The PostgreSQL half needs a `postgres` program or
/// `PXR_TEST_POSTGRES=postgres://user:password@host/database`; without either it says so and passes, unless
/// `PXR_TEST_DEMAND_POSTGRES` is set.
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($database:ident: Database) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn promise($database: $crate::Database) $body

            #[tokio::test]
            async fn on_sqlite() {
                promise($crate::Database::sqlite()).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                if let Some(database) = $crate::Database::postgres().await {
                    promise(database).await;
                }
            }
        }
    )*};
}
