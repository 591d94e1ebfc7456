//! Files of a block: attachments of stored data, uploaded and downloaded in chunks and kept in the database.
//!
//! Who may reach a file from another block is decided on the way here, by the proxies and their tokens.

mod api;
mod integer;
mod migration;
mod refusal;
mod settings;
mod status;
mod store;
mod who;

use axum::Router;
use platform::{Api, Ground, Host, assemble};
use vocabulary::ServiceName;

pub use migration::Migrator;
pub use settings::Settings;

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    ground: Ground,
    settings: Settings,
}

impl Host for Files {
    fn ground(&self) -> &Ground {
        &self.ground
    }
}

/// What the routes are, for the description of the API.
#[must_use]
pub fn api() -> Api {
    Api::new(ServiceName::BinaryManage, api::routes())
}

/// The routes of the service.
pub fn router(ground: Ground, settings: Settings) -> Router {
    assemble(ServiceName::BinaryManage, Files { ground, settings }, |service| {
        api::routes().with_state(service)
    })
}
