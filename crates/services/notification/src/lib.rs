//! Notices and approval requests addressed to the operators of this block, and the decisions on them.

mod api;
mod callback;
mod migration;
mod refusal;
mod resolve;
mod settings;
mod store;
mod transfer;

use axum::Router;
use contract::{
    book_manage::BookManageClient,
    catalog::{CatalogClient, Via},
    operator::OperatorClient,
};
use platform::{Api, Ground, Host, assemble};
use vocabulary::ServiceName;

pub use migration::Migrator;
pub use settings::Settings;

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct Notifications {
    ground: Ground,
    settings: Settings,
    catalog: CatalogClient,
    operators: OperatorClient,
    books: BookManageClient,
}

impl Host for Notifications {
    fn ground(&self) -> &Ground {
        &self.ground
    }
}

/// What the routes are, for the description of the API.
#[must_use]
pub fn api() -> Api {
    Api::new(ServiceName::Notification, api::routes())
}

/// The routes of the service.
pub fn router(ground: Ground, settings: Settings) -> Router {
    let service = Notifications {
        catalog: CatalogClient::new(ground.clone(), Via::Service("/notification")),
        operators: OperatorClient::new(ground.clone()),
        books: BookManageClient::new(&ground).on_behalf_of("/notification"),
        settings,
        ground,
    };
    assemble(ServiceName::Notification, service, |service| api::routes().with_state(service))
}
