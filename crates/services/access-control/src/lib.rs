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

use std::sync::Arc;

use axum::Router;
use platform::{Api, Ground, Host, Remembered, assemble};
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
    /// Tokens that can be used again.
    kept: Arc<Remembered<api::Reuse, api::Kept>>,
    /// What tokens permit that arrived.
    permitted: Arc<Remembered<api::Presented, Arc<api::Permitted>>>,
}

/// How much memory each of the two may take.
const ROOM: usize = 2 * 1024 * 1024;

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
    let kept = Arc::new(Remembered::new(&ground, ROOM, api::size_of_kept));
    let permitted = Arc::new(Remembered::new(&ground, ROOM, api::size_of_permitted));
    let service = AccessControl { ground, settings, leftovers: Leftovers::default(), kept, permitted };
    assemble(ServiceName::AccessControl, service, |service| api::routes().with_state(service))
}
