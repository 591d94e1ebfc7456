//! The routes, one file a matter.

mod access_log;
mod book;
mod document;
mod event;
mod input;
mod share;
mod store;
mod store_event;
mod thing;
mod user;

use axum::{
    Router,
    routing::{delete, post, put},
};

use crate::BookOperate;

pub(crate) fn routes(service: BookOperate) -> Router {
    Router::new()
        .route("/book-operate/user", post(user::create::create))
        .route("/book-operate/user/delete", post(user::delete::delete))
        .route("/book-operate/user/list", post(user::list::list))
        .route("/book-operate/user/batch", post(user::batch::create_confirmed))
        .route(
            "/book-operate/event/{user}",
            post(event::add::add).put(event::change::change).delete(event::delete::delete),
        )
        .route("/book-operate/event/{user}/{id}", put(event::change::change).delete(event::delete::delete))
        .route("/book-operate/thing/bulk/{user}/{event}", post(thing::add::add_all))
        .route(
            "/book-operate/thing/{user}/{event}",
            post(thing::add::add).put(thing::change::change).delete(thing::delete::delete),
        )
        .route(
            "/book-operate/thing/{user}/{event}/{id}",
            put(thing::change::change).delete(thing::delete::delete),
        )
        .route(
            "/book-operate/document/{user}",
            post(document::add::add).put(document::change::change).delete(document::delete::delete),
        )
        .route(
            "/book-operate/document/{user}/{id}",
            put(document::change::change).delete(document::delete::delete),
        )
        .route("/book-operate/book/search", post(book::search))
        .route("/book-operate/share", post(share::receive::receive))
        .route("/book-operate/share/temp", post(share::temporary::receive))
        .route("/book-operate/share/search", post(share::give::give))
        .route("/book-operate/accesslog", post(access_log::search))
        .route("/book-operate/ind/accesslog", post(access_log::search))
        .route("/book-operate/store-event/receive", post(store_event::receive))
        .route("/book-operate/store/{user}", delete(store::delete))
        .with_state(service)
}
