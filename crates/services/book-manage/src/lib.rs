//! The books of residents: who has one, the links to the regions and applications that serve them, their consents to
//! terms of use, to storing and to sharing, and the lists that the batches work off. At the root only.

mod api;
mod body;
pub mod consent;
mod migration;
mod neighbours;
mod refusal;
mod settings;
mod store;
mod who;

use axum::Router;
use contract::{
    catalog::{CatalogClient, Via},
    identity_verificate::IdentityVerificateClient,
    operator::OperatorClient,
};
use platform::{Ground, Host, assemble};
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

/// The routes of the service, which only a root block runs.
pub fn router(ground: Ground, settings: Settings) -> Router {
    let service = Books {
        catalog: CatalogClient::new(ground.clone(), Via::Service("/book-manage")),
        operators: OperatorClient::new(ground.clone()),
        verification: IdentityVerificateClient::new(ground.clone()),
        settings,
        ground,
    };
    assemble(ServiceName::BookManage, api::routes(service))
}
