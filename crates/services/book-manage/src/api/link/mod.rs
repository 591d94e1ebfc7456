//! Links between residents and those who serve them (spec: book-manage 4.6).

mod accept;
mod list;
mod release;
mod request;
mod user;

use platform::{ApiError, Incoming, Input, Routes, fields::text};

use crate::{Books, body};

/// Any number of its own: who is linked as whom is written by one at a time, for it has no unique key.
const LINKING: i64 = 300502;

pub(super) fn routes() -> Routes<Books> {
    Routes::new()
        .get("/book-manage/cooperate", list::list)
        .post("/book-manage/cooperate", accept::accept)
        .post("/book-manage/ind/cooperate", accept::accept_own)
        .post("/book-manage/cooperate/request", request::request)
        .post("/book-manage/cooperate/user", user::set)
        .post("/book-manage/cooperate/request/release", request::request_release)
        .post("/book-manage/cooperate/release", release::release)
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
