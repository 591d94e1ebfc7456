//! Identification codes: they tie a resident, whom the root knows by PXR-ID, to the user id by which a region or
//! an application knows him, or release the tie.
//!
//! The links themselves stand in the residents' books; this service keeps which code stands for whom, and whether
//! that was verified.

mod api;
mod body;
mod claim;
mod cooperation;
mod issue;
mod migration;
mod partner;
mod refusal;
mod settings;
mod store;
mod user_id;
mod validity;
mod who;

use axum::Router;
use contract::{
    book_manage::BookManageClient,
    catalog::{CatalogClient, Via},
    notification::NotificationClient,
    operator::OperatorClient,
};
use platform::{Api, Ground, Host, assemble};
use vocabulary::ServiceName;

pub use migration::Migrator;
pub use settings::Settings;

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct Verifications {
    ground: Ground,
    settings: Settings,
    catalog: CatalogClient,
    books: BookManageClient,
    operators: OperatorClient,
    notices: NotificationClient,
}

impl Host for Verifications {
    fn ground(&self) -> &Ground {
        &self.ground
    }
}

/// What the routes are, for the description of the API.
#[must_use]
pub fn api() -> Api {
    Api::new(ServiceName::IdentityVerificate, api::routes())
}

/// The routes of the service.
pub fn router(ground: Ground, settings: Settings) -> Router {
    let service = Verifications {
        // It runs on the root block only.
        catalog: CatalogClient::new(ground.clone(), Via::EndUser),
        books: BookManageClient::new(ground.clone()),
        operators: OperatorClient::new(ground.clone()),
        notices: NotificationClient::new(ground.clone()),
        settings,
        ground,
    };
    assemble(ServiceName::IdentityVerificate, service, |service| api::routes().with_state(service))
}
