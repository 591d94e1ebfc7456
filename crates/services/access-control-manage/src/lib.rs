//! The authorisation office of the platform: judges whether a call may be made, has the callee create a token for it,
//! and keeps the history. At the root only.

mod access_token;
mod api;
mod application;
mod bootstrap;
mod element;
mod grants;
mod issue;
mod listed;
mod migration;
mod peer;
mod refusal;
mod restriction;
mod rights;
mod settings;
mod store;

use std::sync::Arc;

use axum::Router;
use contract::{
    catalog::{CatalogClient, Via},
    permission::PermissionClient,
};
use platform::{Api, Ground, Host, assemble};
use vocabulary::ServiceName;

pub use migration::Migrator;
pub use settings::Settings;

use crate::listed::Listed;

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct Offices {
    ground: Ground,
    settings: Settings,
    catalog: CatalogClient,
    permissions: PermissionClient,
    listed: Arc<Listed>,
}

impl Host for Offices {
    fn ground(&self) -> &Ground {
        &self.ground
    }
}

/// What the routes are, for the description of the API.
#[must_use]
pub fn api() -> Api {
    Api::new(ServiceName::AccessControlManage, api::routes())
}

/// The routes of the service.
pub fn router(ground: Ground, settings: Settings) -> Router {
    let catalog = CatalogClient::new(ground.clone(), Via::Service("/access-control-manage"));
    let permissions = PermissionClient::new(&ground);
    let listed = Arc::new(Listed::new(settings.permitted.clone()));
    assemble(
        ServiceName::AccessControlManage,
        Offices { ground, settings, catalog, permissions, listed },
        |service| api::routes().with_state(service),
    )
}
