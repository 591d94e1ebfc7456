//! The routes, one file a matter.

mod ledger;
mod register;

use axum::{
    Router,
    routing::{get, post},
};

use crate::LocalCtoken;

pub(crate) fn routes(service: LocalCtoken) -> Router {
    Router::new()
        .route("/local-ctoken", post(register::register))
        .route("/local-ctoken/ledger", post(ledger::forward))
        .route("/local-ctoken/ledger/count", get(ledger::count))
        .with_state(service)
}
