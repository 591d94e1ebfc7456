//! What a block stored and deleted, noted row by row until the root's ledger knows it.
//!
//! Every difference is noted once, and sent at least once: rows are marked as sent after the ledger answered, and the
//! ledger applies what it knows already only once.

mod api;
mod batch;
mod history;
mod migration;
mod outbox;
mod refusal;
mod settings;
mod store;
mod store_event;

use std::sync::Arc;

use axum::Router;
use contract::{book_manage::BookManageClient, ctoken_ledger::CtokenLedgerClient};
use platform::{Api, Ground, Host, assemble};
use tokio::sync::Mutex;
use vocabulary::ServiceName;

pub use migration::Migrator;
pub use settings::Settings;

/// The name under which the proxy lets this service call the root.
const PATH: &str = "/local-ctoken";

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct LocalCtoken {
    ground: Ground,
    settings: Settings,
    ledger: CtokenLedgerClient,
    books: BookManageClient,
    /// Held by whoever sends: two at once would send the same rows.
    sending: Arc<Mutex<()>>,
    /// Held by whoever tells store events: what was deleted is not told before it was stored.
    telling: Arc<Mutex<()>>,
}

impl Host for LocalCtoken {
    fn ground(&self) -> &Ground {
        &self.ground
    }
}

/// What the routes are, for the description of the API.
#[must_use]
pub fn api() -> Api {
    Api::new(ServiceName::LocalCtoken, api::routes())
}

/// The routes of the service.
pub fn router(ground: Ground, settings: Settings) -> Router {
    let service = LocalCtoken {
        ledger: CtokenLedgerClient::new(&ground, PATH),
        books: BookManageClient::new(&ground).on_behalf_of(PATH),
        sending: Arc::default(),
        telling: Arc::default(),
        settings,
        ground,
    };
    assemble(ServiceName::LocalCtoken, service, |service| api::routes().with_state(service))
}
