//! Members of the form `{"index": …, "value": …}`.

use platform::fields::{Complaint, any_text, code_version, nested};
use serde_json::Value;
use vocabulary::CodeVersion;

/// A member whose value must be there and keep a rule.
pub(super) fn value_of<'v, T>(
    rule: impl FnOnce(&'v Value) -> Result<T, Complaint>,
) -> impl FnOnce(&'v Value) -> Result<T, Complaint> {
    move |member| {
        nested(member, |fields| {
            let value = fields.required("value", rule);
            fields.inside(|| value)
        })
    }
}

/// A member whose value may be null or missing.
pub(super) fn optional_value_of<'v, T>(
    rule: impl FnOnce(&'v Value) -> Result<T, Complaint>,
) -> impl FnOnce(&'v Value) -> Result<Option<T>, Complaint> {
    move |member| {
        nested(member, |fields| {
            let value = fields.optional("value", rule);
            fields.inside(|| Some(value))
        })
    }
}

/// A member whose value is a code with its version.
pub(super) fn code_in(member: &Value) -> Result<CodeVersion, Complaint> {
    value_of(code_version)(member)
}

/// A text or number for a column of 255 signs.
pub(super) fn column_text(value: &Value) -> Result<String, Complaint> {
    let text = match value {
        Value::Number(_) => vocabulary::stringify(value),
        other => any_text(other)?,
    };
    if text.chars().count() > 255 {
        Err("255文字以内で指定してください".into())
    } else {
        Ok(text)
    }
}
