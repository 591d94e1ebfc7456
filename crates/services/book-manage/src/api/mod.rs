//! The routes, one file a resource.

mod appendix;
mod book;
mod closing;
mod consents;
mod data;
mod identification;
mod link;
mod login_code;
mod open;
mod paging;
mod region;
mod search;
mod terms;
mod user_info;

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
        .route("/book-manage/book/search", post(data::search))
        .route("/book-manage/login-code", post(login_code::reset))
        .route("/book-manage/sms/open", post(login_code::send))
        .route("/book-manage/user/info", post(user_info::write))
        .route("/book-manage/user/info/search", post(user_info::search))
        .route("/book-manage/region/close", get(region::ended).post(region::announce).put(region::done))
        .route("/book-manage/region/close/target", get(region::users))
        .merge(closing::routes())
        .merge(link::routes())
        .merge(search::routes())
        .merge(terms::routes())
        .merge(consents::routes())
        .with_state(service)
}
