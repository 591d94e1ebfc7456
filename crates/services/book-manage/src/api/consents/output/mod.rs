//! Data outputs when residents leave: whom to collect from, and which files come of it (spec: book-manage 4.9).

mod change;
mod condition;
mod file;
mod file_search;
mod prepare;
mod search;

use platform::{
    ApiError, Fields, Incoming, Input, Routes,
    fields::{Complaint, nested, number},
};
use serde_json::Value;
use vocabulary::CodeVersion;

use crate::Books;

pub(super) fn routes() -> Routes<Books> {
    Routes::new()
        .post("/book-manage/output", search::search)
        .put("/book-manage/output/{id}", change::change)
        .get("/book-manage/output/condition", condition::list)
        .post("/book-manage/output/condition/prepare", prepare::prepare)
        .post("/book-manage/output/condition/data_mng", file::create)
        .post("/book-manage/output/condition/data_mng/search", file_search::search)
        .put("/book-manage/output/condition/data_mng/{id}", file::change)
}

/// `offset` and `limit` of lists that are whole unless a limit is given; 0 is none.
#[derive(Clone, Copy, Debug)]
struct Part {
    offset: u64,
    limit: Option<u64>,
}

impl Input for Part {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let offset = fields.optional("offset", count);
        let limit = fields.optional("limit", count).filter(|limit| *limit > 0);
        fields.build(|| Some(Self { offset: offset.unwrap_or_default(), limit }))
    }
}

fn count(value: &Value) -> Result<u64, Complaint> {
    u64::try_from(number(value)?).map_err(|_| "0以上を指定してください".into())
}

/// A number that fits into the column of a state.
fn state(value: &Value) -> Result<i16, Complaint> {
    i16::try_from(platform::fields::strict_number(value)?).map_err(|_| "範囲外の数値です".into())
}

/// A state in a query.
fn state_parameter(value: &Value) -> Result<i16, Complaint> {
    i16::try_from(number(value)?).map_err(|_| "範囲外の数値です".into())
}

/// A code whose version need not be said.
fn any_version(value: &Value) -> Result<(i64, Option<i64>), Complaint> {
    nested(value, |fields| {
        let code = fields.required("_value", number);
        let version = fields.optional("_ver", number);
        fields.inside(|| Some((code?, version)))
    })
}

/// The id in the path.
fn path_id(incoming: &Incoming) -> Option<i64> {
    incoming.path("id")?.parse().ok()
}

/// The two columns of a code.
fn code(value: Option<i64>, version: Option<i64>) -> Option<CodeVersion> {
    crate::store::agreements::code(value, version)
}

/// `processing` as JSON has it.
fn processing(is_processing: bool) -> i64 {
    i64::from(is_processing)
}
