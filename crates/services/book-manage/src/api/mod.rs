//! The routes, one file a resource.

mod appendix;
mod book;
mod consents;
mod identification;
mod link;
mod open;
mod search;
mod terms;

use axum::{
    Router,
    routing::{get, post, put},
};
use serde::Serialize;

use crate::Books;

/// An answer that only says that all went well.
#[derive(Debug, Serialize)]
pub(crate) struct Done {
    result: &'static str,
}

impl Done {
    pub(crate) const SUCCESS: Self = Self { result: "success" };
}

pub(crate) fn routes(service: Books) -> Router {
    Router::new()
        .route("/book-manage", get(book::read).post(open::open))
        .route("/book-manage/ind", get(book::read))
        .route("/book-manage/check/pxr-id", post(identification::check_pxr_id))
        .route("/book-manage/check/identification", post(identification::check_documents))
        .route("/book-manage/identification", get(identification::own))
        .route("/book-manage/ind/identification", get(identification::own))
        .route("/book-manage/identity", post(identification::of_somebody))
        .route("/book-manage/appendix", put(appendix::write))
        .route("/book-manage/ind/appendix", put(appendix::write))
        .merge(link::routes())
        .merge(search::routes())
        .merge(terms::routes())
        .merge(consents::routes())
        .with_state(service)
}
