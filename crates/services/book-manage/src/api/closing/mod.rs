//! The end of a book (spec: book-manage 4.1.4 to 4.1.9).

mod close;
mod force;
mod reserve;
mod stop;

use axum::{
    Router,
    routing::{delete, get, post, put},
};

use crate::Books;

pub(super) fn routes() -> Router<Books> {
    Router::new()
        .route("/book-manage", delete(close::close))
        .route("/book-manage/force/{pxrId}", delete(force::delete))
        .route("/book-manage/force-deletion", put(stop::stop))
        .route("/book-manage/force-enable", put(stop::enable))
        .route("/book-manage/reserve_deletion/{id}", post(reserve::reserve))
        .route("/book-manage/delete/target", get(reserve::targets))
}
