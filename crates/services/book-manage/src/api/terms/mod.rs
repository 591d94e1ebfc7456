//! Terms of use: consents of residents, and what the batches do to get them (spec: book-manage 4.7).

mod consent;

use axum::{Router, routing::post};

use crate::Books;

pub(super) fn routes() -> Router<Books> {
    Router::new()
        .route("/book-manage/term_of_use/platform", post(consent::platform))
        .route("/book-manage/ind/term_of_use/platform", post(consent::platform))
        .route("/book-manage/term_of_use/region", post(consent::region))
        .route("/book-manage/ind/term_of_use/region", post(consent::region))
}
