//! The platform's certificate authority, at the root: issues, lists and revokes the certificates of blocks.
//!
//! Certificates are signed by the platform's own root certificate, so that every listener can check them.

mod api;
mod authority;
mod migration;
mod refusal;
mod settings;
mod store;

use std::sync::Arc;

use axum::Router;
use chrono::NaiveDateTime;
use platform::{Api, Ground, Host, Remembered, assemble};
use vocabulary::ServiceName;

pub use authority::{Authority, AuthorityError, Issued};
pub use migration::Migrator;
pub use settings::{Settings, SubjectSettings};

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct CertificationAuthority {
    ground: Ground,
    settings: Settings,
    /// When client certificates end, by their serial numbers; none for one that does not count. The blocks listener
    /// asks for every request.
    ends: Arc<Remembered<String, Option<NaiveDateTime>>>,
}

/// How much memory these ends may take.
const ROOM: usize = 256 * 1024;

impl Host for CertificationAuthority {
    const CHECKS_ACCEPT_OF_DELETIONS: bool = true;

    fn ground(&self) -> &Ground {
        &self.ground
    }
}

/// What the routes are, for the description of the API.
#[must_use]
pub fn api() -> Api {
    Api::new(ServiceName::CertificationAuthority, api::routes())
}

/// The routes of the service.
pub fn router(ground: Ground, settings: Settings) -> Router {
    let ends = Arc::new(Remembered::new(&ground, ROOM, |serial: &String, _| serial.len()));
    let service = CertificationAuthority { ground, settings, ends };
    assemble(ServiceName::CertificationAuthority, service, |service| api::routes().with_state(service))
}
