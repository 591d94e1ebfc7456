//! The books of residents: who has one, the links to the regions and applications that serve them, their consents to
//! terms of use, to storing and to sharing, and the lists that the batches work off. At the root only.

mod access_log;
mod agreements;
mod api;
mod audit;
mod body;
pub mod consent;
mod document;
mod first_password;
mod link;
mod migration;
mod neighbours;
mod opening;
mod refusal;
mod regions;
mod settings;
mod share_code;
mod store;
mod stored;
mod terms;
mod who;

use axum::Router;
use contract::{
    book_operate::OtherBlocksBooks,
    catalog::{CatalogClient, Via},
    ctoken_ledger::CtokenLedgerClient,
    identity_verificate::IdentityVerificateClient,
    operator::OperatorClient,
};
use platform::{Api, Ground, Host, assemble};
use vocabulary::ServiceName;

pub use migration::Migrator;
pub use settings::Settings;

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct Books {
    pub(crate) ground: Ground,
    pub(crate) settings: Settings,
    pub(crate) catalog: CatalogClient,
    pub(crate) operators: OperatorClient,
    pub(crate) verification: IdentityVerificateClient,
    pub(crate) ledger: CtokenLedgerClient,
    pub(crate) blocks: OtherBlocksBooks,
}

impl Host for Books {
    fn ground(&self) -> &Ground {
        &self.ground
    }
}

impl Books {
    /// A column's time in the form of the API.
    pub(crate) fn time(&self, column: Option<chrono::NaiveDateTime>) -> Option<String> {
        column.map(|time| self.ground.zone.text(self.ground.store.instant(time)))
    }
}

/// What the routes are, for the description of the API.
#[must_use]
pub fn api() -> Api {
    Api::new(ServiceName::BookManage, api::routes())
}

/// The routes of the service, which only a root block runs.
pub fn router(ground: Ground, settings: Settings) -> Router {
    let service = Books {
        catalog: CatalogClient::new(ground.clone(), Via::Service("/book-manage")),
        operators: OperatorClient::new(ground.clone()),
        verification: IdentityVerificateClient::new(ground.clone()),
        ledger: CtokenLedgerClient::new(ground.clone(), "/book-manage"),
        blocks: OtherBlocksBooks::new(ground.clone(), "/book-manage"),
        settings,
        ground,
    };
    assemble(ServiceName::BookManage, service, |service| api::routes().with_state(service))
}
