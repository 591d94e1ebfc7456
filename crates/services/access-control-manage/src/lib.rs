//! The authorisation office of the platform: judges whether a call may be made, has the callee create a token for it,
//! and keeps the history. At the root only.
//!
//! The offices that rest on consents (`store`, `share`) come with the consents.

mod api;
mod bootstrap;
mod element;
mod grants;
mod issue;
mod migration;
mod namespaces;
mod refusal;
mod rights;
mod settings;
mod store;

use axum::Router;
use contract::catalog::{CatalogClient, Via};
use platform::{Ground, Host, assemble};
use vocabulary::ServiceName;

pub use migration::Migrator;
pub use settings::Settings;

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct Offices {
    ground: Ground,
    settings: Settings,
    catalog: CatalogClient,
}

impl Host for Offices {
    fn ground(&self) -> &Ground {
        &self.ground
    }
}

/// The routes of the service.
pub fn router(ground: Ground, settings: Settings) -> Router {
    let catalog = CatalogClient::new(ground.clone(), Via::Service("/access-control-manage"));
    assemble(ServiceName::AccessControlManage, api::routes(Offices { ground, settings, catalog }))
}
