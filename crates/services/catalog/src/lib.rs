//! The catalog: namespaces, versioned items with inheritance, their rendering, and update sets.
//!
//! Runs at the root only. Who may write which namespace is judged before a call gets here, by
//! access-control-manage; stories over several services are told by catalog-update.

mod api;
mod codes;
mod migration;
mod refusal;
mod register;
mod rendering;
mod settings;
mod store;
mod update_set;

use axum::Router;
use platform::{Ground, Host, assemble};
use vocabulary::ServiceName;

pub use migration::Migrator;
pub use settings::Settings;

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct Catalog {
    ground: Ground,
    settings: Settings,
}

impl Host for Catalog {
    fn ground(&self) -> &Ground {
        &self.ground
    }
}

/// The routes of the service.
pub fn router(ground: Ground, settings: Settings) -> Router {
    assemble(ServiceName::Catalog, api::routes(Catalog { ground, settings }))
}
