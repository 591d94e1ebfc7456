//! The routes, one file a matter.

mod add;
mod decide;
mod list;
mod read;

use axum::{
    Router,
    routing::{get, post, put},
};

use crate::Notifications;

pub(crate) use add::Recipients;

pub(crate) fn routes(service: Notifications) -> Router {
    Router::new()
        .route("/notification", get(list::list).post(add::add).put(read::mark_read))
        .route("/notification/transfer", post(add::transfer))
        .route("/notification/approval", put(decide::decide))
        .with_state(service)
}
