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

use platform::Routes;
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

pub(crate) fn routes() -> Routes<Books> {
    Routes::new()
        .get("/book-manage", book::read)
        .post("/book-manage", open::open)
        .get("/book-manage/ind", book::read)
        .post("/book-manage/check/pxr-id", identification::check_pxr_id)
        .post("/book-manage/check/identification", identification::check_documents)
        .get("/book-manage/identification", identification::own)
        .get("/book-manage/ind/identification", identification::own)
        .post("/book-manage/identity", identification::of_somebody)
        .put("/book-manage/appendix", appendix::write)
        .put("/book-manage/ind/appendix", appendix::write)
        .post("/book-manage/book/search", data::search)
        .post("/book-manage/login-code", login_code::reset)
        .post("/book-manage/sms/open", login_code::send)
        .post("/book-manage/user/info", user_info::write)
        .post("/book-manage/user/info/search", user_info::search)
        .get("/book-manage/region/close", region::ended)
        .post("/book-manage/region/close", region::announce)
        .put("/book-manage/region/close", region::done)
        .get("/book-manage/region/close/target", region::users)
        .merge(closing::routes())
        .merge(link::routes())
        .merge(search::routes())
        .merge(terms::routes())
        .merge(consents::routes())
}
