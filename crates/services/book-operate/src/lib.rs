//! The data of residents in the block that stores it: the users of its region or applications, their events, things
//! and documents, and who was given them.
//!
//! Consent is enforced around this service: a token names what may be stored or shared, and the proxies remove the
//! rest (spec: book-operate 1). What it stores, the ledger at the root must hear of; [`outbox`] sees to that.

mod api;
mod application;
mod differences;
mod image;
mod items;
mod link;
mod migration;
mod neighbours;
mod outbox;
mod raw_record;
mod read;
mod refusal;
mod settings;
mod share;
mod store;
mod users;
mod who;

use axum::Router;
use contract::{
    book_manage::BookManageClient,
    catalog::{CatalogClient, Via},
    identity_verificate::IdentityVerificateClient,
    local_ctoken::LocalCtokenClient,
    notification::NotificationClient,
    operator::OperatorClient,
};
use platform::{Api, Ground, Host, assemble};
use vocabulary::ServiceName;

pub use migration::Migrator;
pub use settings::Settings;

/// The path that the block's proxy knows this service by.
const PATH: &str = "/book-operate";

/// The state of the service.
#[derive(Clone, Debug)]
pub(crate) struct BookOperate {
    pub(crate) ground: Ground,
    pub(crate) settings: Settings,
    pub(crate) catalog: CatalogClient,
    pub(crate) books: BookManageClient,
    pub(crate) identities: IdentityVerificateClient,
    pub(crate) operators: OperatorClient,
    pub(crate) notices: NotificationClient,
    pub(crate) ctoken: LocalCtokenClient,
}

impl Host for BookOperate {
    fn ground(&self) -> &Ground {
        &self.ground
    }
}

/// What the routes are, for the description of the API.
#[must_use]
pub fn api() -> Api {
    Api::new(ServiceName::BookOperate, api::routes())
}

/// The routes of the service, for blocks of regions and applications.
pub fn router(ground: Ground, settings: Settings) -> Router {
    assemble(ServiceName::BookOperate, BookOperate::new(ground, settings), |service| {
        api::routes().with_state(service)
    })
}

/// Tells local-ctoken, as long as the block serves, what it could not be told when it was stored, and what a process
/// that was killed left.
pub async fn keep_delivering(ground: Ground, settings: Settings) {
    let service = BookOperate::new(ground, settings);
    loop {
        service.deliver_all().await;
        tokio::time::sleep(outbox::EVERY).await;
    }
}

impl BookOperate {
    fn new(ground: Ground, settings: Settings) -> Self {
        Self {
            catalog: CatalogClient::new(ground.clone(), Via::Service(PATH)),
            books: BookManageClient::new(ground.clone()).on_behalf_of(PATH),
            identities: IdentityVerificateClient::new(ground.clone()).on_behalf_of(PATH),
            operators: OperatorClient::new(ground.clone()),
            notices: NotificationClient::new(ground.clone()),
            ctoken: LocalCtokenClient::new(ground.clone()),
            settings,
            ground,
        }
    }
}
