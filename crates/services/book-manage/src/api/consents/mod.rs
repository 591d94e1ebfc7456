//! What residents agreed to, and what follows from it: storing, sharing, store events, access log, data output
//! (spec: book-manage part B).

mod access_log;
mod agree;
mod ctoken;
mod input;
mod notificate;
mod permission_share;
mod permission_store;
mod settings;
mod store_event;

use axum::{
    Router,
    routing::{delete, get, post},
};

use crate::Books;

pub(super) fn routes() -> Router<Books> {
    Router::new()
        .route("/book-manage/settings/store", post(agree::to_store))
        // One pattern: a user's id for reading, an agreement's for withdrawing.
        .route("/book-manage/settings/store/{id}", get(settings::stored).delete(agree::withdraw_store))
        .route("/book-manage/settings/store/permission", post(permission_store::permission))
        .route("/book-manage/setting/share", get(settings::shared).post(agree::to_share))
        .route("/book-manage/setting/share/{id}", delete(agree::withdraw_share))
        .route("/book-manage/setting/share/permission", post(permission_share::permission))
        .route("/book-manage/ind/setting/share", get(settings::shared_of_individual).post(agree::to_share))
        .route("/book-manage/ind/setting/share/{id}", delete(agree::withdraw_share))
        .route("/book-manage/store-event", post(store_event::register))
        .route("/book-manage/store-event/notificate", post(notificate::notificate))
        .route("/book-manage/accesslog", post(access_log::search))
        .route("/book-manage/ind/accesslog", post(access_log::search))
        .route("/book-manage/ctoken", post(ctoken::counts))
}
