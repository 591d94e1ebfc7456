//! Changes of the catalog that need an application and an approval: certification of actors, joining a region,
//! starting it, terms of use, data operations. The applications live here; the catalog itself is changed by
//! calling the catalog service.

mod api;
mod attempt;
mod audit;
mod auth_code;
mod certification;
mod decertification;
mod items;
mod migration;
mod moment;
mod notices;
mod refusal;
mod settings;
mod store;

use axum::Router;
use contract::{
    book_manage::BookManageClient,
    catalog::{CatalogClient, Via},
    certificate_manage::CertificateManageClient,
    certification_authority::CertificationAuthorityClient,
    notification::NotificationClient,
};
use platform::{Api, Ground, Host, assemble};
use vocabulary::ServiceName;

pub use migration::Migrator;
pub use settings::Settings;

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct CatalogUpdate {
    ground: Ground,
    catalog: CatalogClient,
    notices: NotificationClient,
    authority: CertificationAuthorityClient,
    certificates: CertificateManageClient,
    books: BookManageClient,
}

impl Host for CatalogUpdate {
    /// Its clients may call without an `Accept` header (spec: catalog-update 4.0.2).
    const CHECKS_ACCEPT: bool = false;

    fn ground(&self) -> &Ground {
        &self.ground
    }
}

impl CatalogUpdate {
    /// A column's time in the form of the API.
    fn time(&self, column: Option<chrono::NaiveDateTime>) -> Option<String> {
        column.map(|time| self.ground.zone.text(self.ground.store.instant(time)))
    }
}

/// What the routes are, for the description of the API.
#[must_use]
pub fn api() -> Api {
    Api::new(ServiceName::CatalogUpdate, api::routes())
}

/// The routes of the service, which only a root block runs.
pub fn router(ground: Ground, Settings {}: Settings) -> Router {
    let service = CatalogUpdate {
        catalog: CatalogClient::new(ground.clone(), Via::Service("/catalog-update")),
        notices: NotificationClient::new(ground.clone()),
        authority: CertificationAuthorityClient::new(ground.clone()),
        certificates: CertificateManageClient::new(ground.clone()),
        books: BookManageClient::new(ground.clone()),
        ground,
    };
    assemble(ServiceName::CatalogUpdate, service, |service| api::routes().with_state(service))
}
