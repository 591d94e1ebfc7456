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
use platform::{Ground, Host, assemble};
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

/// The routes of the service.
pub fn router(ground: Ground, settings: Settings) -> Router {
    assemble(ServiceName::BinaryManage, Files { ground, settings }, api::routes)
}
