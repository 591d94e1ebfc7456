//! Accounts of one block: who the operators are, how they log in, and the sessions that follow from it.
//!
//! The only maker of the identity that travels in the `session` header. It also keeps the residents' profiles
//! and a copy of their identification codes. Not here: whether a request with a cookie comes from our own pages
//! (the public listener checks that), and who a resident is (identity verification).

mod api;
mod authority;
mod body;
mod catalog_failure;
mod change;
mod cookies;
mod global_setting;
mod identity;
mod lock;
mod login;
mod migration;
mod new_operator;
mod operator;
mod password;
mod password_change;
mod phone_proof;
mod profile;
mod refusal;
mod sessions;
mod settings;
mod sms;
mod span;
mod store;
mod throttle;
mod who;

use std::sync::Arc;

use axum::Router;
use contract::catalog::{CatalogClient, Via};
use platform::{Api, ApiError, Ground, Host, Incoming, Remembered, assemble, header_session};
use vocabulary::{ServiceName, Session};

pub use migration::Migrator;
pub use password::verify as verify_password;
pub use settings::{PasswordStorage, Settings, SmsSettings};

use crate::{global_setting::GlobalSettings, password::Passwords, sessions::Checked, throttle::Throttle};

/// How much memory checked sessions may take.
const ROOM: usize = 4 * 1024 * 1024;

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct Operators {
    ground: Ground,
    settings: Arc<Settings>,
    passwords: Passwords,
    throttle: Throttle,
    global: Arc<GlobalSettings>,
    catalog: CatalogClient,
    /// Sessions that were checked, by their ids.
    checked: Arc<Remembered<String, Arc<Checked>>>,
}

impl Host for Operators {
    fn ground(&self) -> &Ground {
        &self.ground
    }

    /// Sessions are checked here, in their own table; the header comes first (spec: operator 2.9).
    async fn identify(&self, incoming: &Incoming) -> Result<Option<Session>, ApiError> {
        match header_session(incoming)? {
            Some(session) => Ok(Some(session)),
            None => sessions::of_cookie(self, incoming).await,
        }
    }
}

/// What the routes are, for the description of the API.
#[must_use]
pub fn api() -> Api {
    Api::new(ServiceName::Operator, api::table())
}

/// The routes of the service.
pub fn router(ground: Ground, settings: Settings) -> Router {
    let catalog = CatalogClient::new(ground.clone(), Via::EndUser);
    let service = Operators {
        passwords: Passwords::new(settings.password_storage),
        throttle: Throttle::default(),
        global: Arc::new(GlobalSettings::new(&ground)),
        catalog,
        checked: Arc::new(Remembered::new(&ground, ROOM, |_, checked| checked.size())),
        settings: Arc::new(settings),
        ground,
    };
    assemble(ServiceName::Operator, service, api::routes)
}
