//! The index of who holds what about whom, at the root: identifiers, codes, actors, times and hashes of stored data,
//! never the data itself.
//!
//! For each person there is a chain of hashes; every change of what is held about the person makes a new head.
//! Application blocks report changes at least once, and they are applied once.

mod api;
mod apply;
mod chain;
mod condition;
mod migration;
mod persons;
mod refusal;
mod scope;
mod settings;
mod store;

use axum::Router;
use contract::{
    book_manage::BookManageClient,
    catalog::{CatalogClient, Via},
};
use platform::{Api, Ground, Host, assemble};
use vocabulary::ServiceName;

pub use migration::Migrator;
pub use settings::Settings;

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    ground: Ground,
    settings: Settings,
    catalog: CatalogClient,
    books: BookManageClient,
}

impl Host for Ledger {
    fn ground(&self) -> &Ground {
        &self.ground
    }
}

/// What the routes are, for the description of the API.
#[must_use]
pub fn api() -> Api {
    Api::new(ServiceName::CtokenLedger, api::routes())
}

/// The routes of the service, which only a root block runs.
pub fn router(ground: Ground, settings: Settings) -> Router {
    let service = Ledger {
        catalog: CatalogClient::new(&ground, Via::Service("/ctoken-ledger")),
        books: BookManageClient::new(&ground),
        settings,
        ground,
    };
    assemble(ServiceName::CtokenLedger, service, |service| api::routes().with_state(service))
}
