//! Inputs that several routes read alike.

use platform::{
    ApiError, Fields, Incoming, Input,
    fields::{Complaint, array, boolean, code_version, nested},
};
use serde_json::Value;
use vocabulary::{CodeVersion, Instant};

use crate::{refusal::Refusal, store::find::Named};

/// The user of a path.
pub(super) fn user(incoming: &Incoming) -> Result<String, ApiError> {
    part(incoming, "user")
}

/// A part of the path; one that no column can hold names nothing.
pub(super) fn part(incoming: &Incoming, name: &str) -> Result<String, ApiError> {
    let part = incoming.path(name).unwrap_or_default();
    if part.is_empty() || part.contains('\0') {
        return Err(Refusal::Input("パスの指定が正しくありません").into());
    }
    Ok(part.to_owned())
}

/// What a route is about: the identifier in its path, or a source id in its query.
pub(super) fn named(incoming: &Incoming, source: &'static str) -> Result<Named, ApiError> {
    let source_id = incoming.query(source);
    if source_id.is_some_and(|id| id.is_empty() || id.contains('\0')) {
        return Err(Refusal::Input("ソースIDが空です").into());
    }
    match (incoming.path("id"), source_id) {
        (Some(_), _) => Ok(Named::Identifier(part(incoming, "id")?)),
        (None, Some(id)) => Ok(Named::SourceId(id.to_owned())),
        (None, None) => Err(Refusal::Input("識別子またはソースIDが必要です").into()),
    }
}

/// Whether something is to vanish from the database.
#[derive(Clone, Copy, Debug)]
pub(super) struct Physically(pub(super) bool);

impl Input for Physically {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let wanted = match incoming.query("physicalDelete") {
            None | Some("0") => Some(false),
            Some("" | "1") => Some(true),
            Some(text) => boolean(&text.into()).ok(),
        };
        Ok(Self(wanted.ok_or_else(|| ApiError::bad_request("ParamNormalizationError"))?))
    }
}

/// The fields of a body that must be an object with something in it. What is wrong with an array is said last.
pub(super) fn object(incoming: &Incoming) -> Result<Fields<'_>, ApiError> {
    if incoming.is_empty() {
        return Err(Refusal::Empty.into());
    }
    if incoming.body().is_array() {
        return Err(Refusal::Array.into());
    }
    Ok(incoming.fields())
}

/// A code whose parts are numbers, not texts.
pub(super) fn exact_code(value: &Value) -> Result<CodeVersion, Complaint> {
    let code = code_version(value)?;
    let exact = |part: &str| value.get(part).is_some_and(Value::is_number);
    if exact("_value") && exact("_ver") { Ok(code) } else { Err("数値ではありません".into()) }
}

/// A time in the form of the API: milliseconds and an offset.
pub(super) fn api_time(value: &Value) -> Result<Instant, Complaint> {
    const WRONG: &str = "日時の形式が正しくありません";
    let text = value.as_str().ok_or(Complaint::from(WRONG))?;
    let digits = |range: std::ops::Range<usize>| {
        text.get(range).is_some_and(|part| part.bytes().all(|digit| digit.is_ascii_digit()))
    };
    let shaped = digits(0..4) && text.get(19..20) == Some(".") && digits(20..23) && text.len() > 23;
    Instant::parse(text).filter(|_| shaped).ok_or(WRONG.into())
}

/// From when to when, both there.
pub(super) fn period(value: &Value) -> Result<(Instant, Instant), Complaint> {
    nested(value, |fields| {
        let start = fields.required("start", api_time);
        let end = fields.required("end", api_time);
        fields.inside(|| Some((start?, end?)))
    })
}

/// A list of codes; none is an empty one.
pub(super) fn codes(fields: &Fields<'_>, name: &str) -> Vec<CodeVersion> {
    fields.optional(name, array(code_version)).unwrap_or_default()
}
