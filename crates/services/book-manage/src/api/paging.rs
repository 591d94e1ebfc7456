//! Which part of a list is asked for (spec: book-manage 4.0.8).

use platform::{
    ApiError, Fields, Incoming, Input,
    fields::{Complaint, number},
};
use serde_json::Value;

/// `offset` and `limit` of the query.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// What the query says; some answers echo it.
    pub(crate) asked_offset: Option<u64>,
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

/// How many rows come when nobody says how many.
const USUAL: u64 = 10;
const AT_MOST: u64 = 10_000;

impl Input for Page {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let asked_offset = fields.optional("offset", count);
        let limit = fields.optional("limit", count);
        fields.build(|| {
            Some(Self {
                asked_offset,
                offset: asked_offset.unwrap_or_default(),
                // 0 means all.
                limit: limit.map_or(USUAL, |limit| if limit == 0 { AT_MOST } else { limit.min(AT_MOST) }),
            })
        })
    }
}

fn count(value: &Value) -> Result<u64, Complaint> {
    u64::try_from(number(value)?).map_err(|_| "0以上を指定してください".into())
}
