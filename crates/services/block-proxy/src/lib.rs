//! The gate of a block. Its forward face takes calls of operators and of local services, checks the static
//! permissions, gets a token and hands the call to the callee block; its reverse face takes such calls, has the token
//! checked and calls the service.

mod api;
mod blocks;
mod filter;
mod migration;
mod reach;
mod refusal;
mod route;
mod settings;
mod store;

use std::sync::Arc;

use axum::Router;
use contract::{
    access_control::AccessControlClient,
    catalog::{CatalogClient, Via},
    permission_table::Permissions,
};
use platform::{Api, Ground, Host, assemble};
use vocabulary::ServiceName;

pub use migration::Migrator;
pub use settings::Settings;

use crate::{blocks::Blocks, store::Log};

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    ground: Ground,
    permissions: Arc<Permissions>,
    access_control: AccessControlClient,
    blocks: Arc<Blocks>,
    log: Arc<Log>,
}

impl Host for Proxy {
    fn ground(&self) -> &Ground {
        &self.ground
    }
}

/// What the routes are, for the description of the API.
#[must_use]
pub fn api() -> Api {
    Api::new(ServiceName::BlockProxy, api::routes())
}

/// The routes of the service.
pub fn router(ground: Ground, settings: Settings) -> Router {
    let permissions = match settings.permissions {
        Some(rows) => Permissions::configured(rows),
        // A test proves that the delivered table can be read; without it nothing would be permitted.
        None => Permissions::delivered(ground.block.kind).unwrap_or_else(|error| {
            tracing::error!(%error, "the delivered permissions cannot be read");
            Permissions::configured(Vec::new())
        }),
    };
    let catalog = CatalogClient::new(ground.clone(), Via::Service("/pxr-block-proxy"));
    let proxy = Proxy {
        permissions: Arc::new(permissions),
        access_control: AccessControlClient::new(ground.clone()),
        blocks: Arc::new(Blocks::new(&ground, catalog)),
        log: Arc::default(),
        ground,
    };
    assemble(ServiceName::BlockProxy, proxy, |service| api::routes().with_state(service))
}
