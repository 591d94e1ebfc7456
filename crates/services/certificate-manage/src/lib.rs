//! The certificates that this block holds, as the root's authority issued them.

mod api;
mod migration;
mod refusal;
mod settings;
mod store;

use axum::Router;
use contract::certification_authority::CertificationAuthorityClient;
use platform::{Api, Ground, Host, assemble};
use vocabulary::ServiceName;

pub use migration::Migrator;
pub use settings::Settings;
pub use store::{NewestCertificateError, newest_client_certificate};

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct Certificates {
    ground: Ground,
    authority: CertificationAuthorityClient,
}

impl Host for Certificates {
    const CHECKS_ACCEPT_OF_DELETIONS: bool = true;

    fn ground(&self) -> &Ground {
        &self.ground
    }
}

/// What the routes are, for the description of the API.
#[must_use]
pub fn api() -> Api {
    Api::new(ServiceName::CertificateManage, api::routes())
}

/// The routes of the service.
pub fn router(ground: Ground, Settings {}: Settings) -> Router {
    let authority = CertificationAuthorityClient::new(ground.clone());
    assemble(ServiceName::CertificateManage, Certificates { ground, authority }, |service| {
        api::routes().with_state(service)
    })
}
