//! What the inputs of several routes have in common.

use platform::{
    Fields,
    fields::{Complaint, nested, number, strict_number},
};
use serde_json::Value;
use vocabulary::{Code, CodeVersion, Version};

/// `{"_value": n, "_ver": n}` of JSON numbers only.
pub(super) fn strict_code_version(value: &Value) -> Result<CodeVersion, Complaint> {
    nested(value, |fields| {
        let code = fields.required("_value", strict_number);
        let version = fields.required("_ver", strict_number);
        fields.inside(|| Some(CodeVersion { value: Code(code?), ver: Version(version?) }))
    })
}

/// A code with its version, neither of them zero.
pub(super) fn data_kind(value: &Value) -> Result<CodeVersion, Complaint> {
    let some = |value: &Value| {
        number(value)
            .and_then(|number| if number == 0 { Err("0は指定できません".into()) } else { Ok(number) })
    };
    nested(value, |fields| {
        let code = fields.required("_value", some);
        let version = fields.required("_ver", some);
        fields.inside(|| Some(CodeVersion { value: Code(code?), ver: Version(version?) }))
    })
}

/// Workflows are not supported any more.
pub(super) fn no_workflow(fields: &Fields<'_>) {
    if fields.raw("wf").is_some() {
        fields.refuse("wf", "サポートされていないアクターです");
    }
}

/// A list that holds something.
pub(super) fn non_empty<'v, T>(
    rule: impl FnOnce(&'v Value) -> Result<Vec<T>, Complaint>,
) -> impl FnOnce(&'v Value) -> Result<Vec<T>, Complaint> {
    move |value| {
        let all = rule(value)?;
        if all.is_empty() { Err("空にはできません".into()) } else { Ok(all) }
    }
}

/// A flag in a query: `true`, `1` or nothing at all; `false` or `0`.
pub(super) fn boolean_parameter(value: &Value) -> Result<bool, Complaint> {
    match value.as_str() {
        Some("true" | "1" | "") => Ok(true),
        Some("false" | "0") => Ok(false),
        _ => Err("真偽値ではありません".into()),
    }
}
