//! API tokens of one block: handed out to its proxy for planned calls, created on order of the root, and checked
//! when a call arrives.

mod alone;
mod api;
mod expiry;
mod leftovers;
mod migration;
mod reduction;
mod refusal;
mod settings;
mod store;

use axum::Router;
use platform::{Api, Ground, Host, assemble};
use vocabulary::ServiceName;

pub use migration::Migrator;
pub use settings::Settings;

use crate::leftovers::Leftovers;

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct AccessControl {
    ground: Ground,
    settings: Settings,
    leftovers: Leftovers,
}

impl Host for AccessControl {
    fn ground(&self) -> &Ground {
        &self.ground
    }
}

/// What the routes are, for the description of the API.
#[must_use]
pub fn api() -> Api {
    Api::new(ServiceName::AccessControl, api::routes())
}

/// The routes of the service.
pub fn router(ground: Ground, settings: Settings) -> Router {
    let leftovers = Leftovers::default();
    assemble(ServiceName::AccessControl, AccessControl { ground, settings, leftovers }, |service| {
        api::routes().with_state(service)
    })
}
