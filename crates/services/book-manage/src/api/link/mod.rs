//! Links between residents and those who serve them (spec: book-manage 4.6).

mod accept;
mod list;
mod release;
mod request;
mod user;

use axum::{
    Router,
    routing::{get, post},
};
use platform::{ApiError, Incoming, Input, fields::text};

use crate::{Books, body};

/// Any number of its own: who is linked as whom is written by one at a time, for it has no unique key.
const LINKING: i64 = 300502;

pub(super) fn routes() -> Router<Books> {
    Router::new()
        .route("/book-manage/cooperate", get(list::list).post(accept::accept))
        .route("/book-manage/ind/cooperate", post(accept::accept_own))
        .route("/book-manage/cooperate/request", post(request::request))
        .route("/book-manage/cooperate/user", post(user::set))
        .route("/book-manage/cooperate/request/release", post(request::request_release))
        .route("/book-manage/cooperate/release", post(release::release))
}

/// The code that stands for a link.
#[derive(Debug)]
struct IdentifyCode(String);

impl Input for IdentifyCode {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let code = fields.required("identifyCode", text);
        fields.build(|| code.map(Self))
    }
}
