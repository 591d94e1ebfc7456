//! One element of the arrays that the routes take, checked (spec: access-control 4.1, 4.2).

use platform::{
    Fields,
    fields::{Complaint, any, boolean, code_version, nested, number, one_of, text},
};
use serde_json::Value;
use vocabulary::OperatorType;

/// What both routes read of an element; the whole of it is kept beside.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) raw: Value,
    pub(super) caller_block: i64,
    pub(super) caller_url: String,
    pub(super) caller_method: String,
    pub(super) operator_type: OperatorType,
    pub(super) login_id: Option<String>,
    pub(super) target_block: Option<i64>,
    pub(super) target_url: String,
    pub(super) target_method: String,
}

fn method(value: &Value) -> Result<String, Complaint> {
    let method = text(value)?;
    if matches!(method.as_str(), "GET" | "POST" | "PUT" | "DELETE") {
        Ok(method)
    } else {
        Err("GET, POST, PUT, DELETEのいずれかを指定してください".into())
    }
}

fn operator_type(value: &Value) -> Result<OperatorType, Complaint> {
    OperatorType::try_from(number(value)?).map_err(|_| "0, 2, 3のいずれかを指定してください".into())
}

struct Caller {
    block: i64,
    url: String,
    method: String,
    operator_type: OperatorType,
    login_id: Option<String>,
}

fn caller(
    value: &Value,
    roles: fn(&Value) -> Result<(), Complaint>,
    more: &impl Fn(&Fields<'_>),
) -> Result<Caller, Complaint> {
    nested(value, |fields| {
        let block = fields.required("blockCode", number);
        let url = fields.required("apiUrl", text);
        let method = fields.required("apiMethod", method);
        fields.optional("userId", text);
        more(fields);
        let operator = fields.required("operator", |value| {
            nested(value, |fields| {
                let kind = fields.required("type", operator_type);
                let login_id = fields.optional("loginId", text);
                fields.optional("app", code_version);
                fields.optional("role", roles);
                fields.inside(|| Some((kind?, login_id)))
            })
        });
        fields.inside(|| {
            let (operator_type, login_id) = operator?;
            Some(Caller { block: block?, url: url?, method: method?, operator_type, login_id })
        })
    })
}

/// Reads an element; `roles` is the route's rule for roles, the rest checks the fields of the caller and of the target
/// that only one route has.
pub(super) fn element(
    value: &Value,
    roles: fn(&Value) -> Result<(), Complaint>,
    more_caller: impl Fn(&Fields<'_>),
    more_target: impl Fn(&Fields<'_>),
) -> Result<Element, Complaint> {
    nested(value, |fields| {
        let caller = fields.required("caller", |value| caller(value, roles, &more_caller));
        let target = fields.required("target", |value| {
            nested(value, |fields| {
                let block = fields.optional("blockCode", number);
                let url = fields.required("apiUrl", text);
                let method = fields.required("apiMethod", method);
                fields.optional("userId", text);
                fields.optional("allowPartialStore", boolean);
                fields.optional("parameter", any);
                more_target(fields);
                fields.inside(|| Some((block, url?, method?)))
            })
        });
        fields.inside(|| {
            let (caller, (target_block, target_url, target_method)) = (caller?, target?);
            Some(Element {
                raw: value.clone(),
                caller_block: caller.block,
                caller_url: caller.url,
                caller_method: caller.method,
                operator_type: caller.operator_type,
                login_id: caller.login_id,
                target_block,
                target_url,
                target_method,
            })
        })
    })
}

/// A list of roles, whatever they are.
pub(super) fn any_role(value: &Value) -> Result<(), Complaint> {
    if value.is_array() { Ok(()) } else { Err("配列ではありません".into()) }
}

/// A list of codes, where there is one.
pub(super) fn codes(fields: &Fields<'_>) {
    fields.optional("_code", one_of(|value: &Value| Ok(value.is_array()), |is_array| is_array));
}
