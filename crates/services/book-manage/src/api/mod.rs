//! The routes, one file a resource.

mod appendix;
mod consents;

use axum::{Router, routing::put};
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
        .route("/book-manage/appendix", put(appendix::write))
        .route("/book-manage/ind/appendix", put(appendix::write))
        .merge(consents::routes())
        .with_state(service)
}
