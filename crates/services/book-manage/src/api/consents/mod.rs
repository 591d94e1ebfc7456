//! What residents agreed to, and what follows from it: storing, sharing, store events, access log, data output
//! (spec: book-manage part B).

use axum::Router;

use crate::Books;

pub(super) fn routes() -> Router<Books> {
    Router::new()
}
