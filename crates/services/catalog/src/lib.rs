//! The catalog: namespaces, versioned items with inheritance, their rendering, and update sets.
//!
//! Runs at the root only. Whether an operator may write at all, and the namespaces that a call names, are judged before it
//! gets here, by access-control-manage; whose what it changes is, here ([`ownership`]). Stories over several services are
//! told by catalog-update.

mod api;
mod codes;
mod export;
mod finder;
mod migration;
mod namespace;
mod ownership;
mod refusal;
mod register;
mod rendering;
mod search;
mod settings;
mod store;
mod update_set;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{Router, body::Bytes};
use finder::Finder;
use platform::{Api, ApiError, Author, Ground, Host, Remembered, Transaction, assemble};
use sea_orm::DatabaseConnection;
use vocabulary::{ServiceName, Session};

pub use export::{exported_items, exported_name, exported_namespaces};
pub use migration::Migrator;
pub use settings::Settings;

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct Catalog {
    ground: Ground,
    settings: Arc<Settings>,
    finder: Finder,
    /// Set once the catalog was seen to be activated: that never ends.
    is_activated: Arc<AtomicBool>,
    answers: Arc<Answers>,
}

/// Answers as readers get them, by what was asked.
type Answers = Remembered<api::Question, Bytes>;

/// How much memory they may take.
const ROOM: usize = 6 * 1024 * 1024;

impl Host for Catalog {
    fn ground(&self) -> &Ground {
        &self.ground
    }
}

impl Catalog {
    /// For reading an activated catalog.
    async fn reading(&self) -> Result<&DatabaseConnection, ApiError> {
        let connection = self.ground.store.read();
        if !self.is_activated.load(Ordering::Relaxed) {
            store::activated(connection).await?;
            self.is_activated.store(self.ground.caching, Ordering::Relaxed);
        }
        Ok(connection)
    }

    /// For changing an activated catalog: nobody else does meanwhile.
    async fn changing(&self, session: &Session) -> Result<(Transaction, Author), ApiError> {
        let author = Author::new(&self.ground, session);
        let tx = store::writing(&self.ground.store).await?;
        store::activated(&tx).await?;
        Ok((tx, author))
    }
}

/// What the routes are, for the description of the API.
#[must_use]
pub fn api() -> Api {
    Api::new(ServiceName::Catalog, api::routes())
}

/// The routes of the service.
pub fn router(ground: Ground, settings: Settings) -> Router {
    let answers = Arc::new(Remembered::new(&ground, ROOM, |_, answer: &Bytes| answer.len()));
    let service = Catalog {
        ground,
        settings: Arc::new(settings),
        finder: Finder::default(),
        is_activated: Arc::default(),
        answers,
    };
    assemble(ServiceName::Catalog, service, |service| api::routes().with_state(service))
}
