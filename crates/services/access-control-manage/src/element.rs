//! What is asked of an office: one planned call (spec: access-control-manage 4.0 rule 2).

use http::Method;
use platform::{
    ApiError, Fields, Incoming, Input,
    fields::{Complaint, any, any_text, array, boolean, code_version, nested, number, text, uuid},
};
use serde_json::Value;
use vocabulary::{Code, CodeVersion, OperatorType};

use crate::refusal::Refusal;

#[derive(Clone, Debug)]
pub(crate) struct Element {
    /// As it came: what the callee gets is taken from it to the letter.
    pub(crate) raw: Value,
    pub(crate) api_code: String,
    pub(crate) caller_block: Option<i64>,
    pub(crate) caller_url: String,
    pub(crate) caller_method: String,
    pub(crate) operator_type: OperatorType,
    pub(crate) login_id: Option<String>,
    pub(crate) application: Option<CodeVersion>,
    pub(crate) roles: Vec<CodeVersion>,
    pub(crate) target_block: Option<i64>,
    pub(crate) target_url: String,
    pub(crate) target_method: Method,
}

impl Element {
    /// The item that `/catalog/ext/<code>` names.
    pub(crate) fn catalog_code(&self) -> Option<Code> {
        let path = self.target_url.split('?').next().unwrap_or_default().trim_end_matches('/');
        path.strip_prefix("/catalog/ext/")?.parse().ok().map(Code)
    }

    /// The reduced body of the planned call.
    pub(crate) fn body(&self) -> Option<&Value> {
        Fields::of(&self.raw["caller"]).raw("requestBody")
    }
}

/// A whole request.
#[derive(Clone, Debug)]
pub(crate) struct Elements(pub(crate) Vec<Element>);

impl Input for Elements {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if !incoming.body().is_array() {
            return Err(Refusal::NotAnArray.into());
        }
        let outlines = array(outline)(incoming.body()).map_err(|complaint| match complaint {
            Complaint::Inside(reasons) => ApiError::Fields(reasons),
            Complaint::Value(message) => ApiError::bad_request(message),
        })?;
        Ok(Self(outlines.into_iter().map(Outline::checked).collect::<Result<_, _>>()?))
    }
}

/// A whole request to an office that must know which block is called.
#[derive(Clone, Debug)]
pub(crate) struct Targeted(pub(crate) Vec<(Element, i64)>);

impl Input for Targeted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let Elements(elements) = Elements::read(incoming)?;
        let with_block = |element: Element| {
            let block = element.target_block.ok_or(Refusal::NoTargetBlock)?;
            Ok::<_, Refusal>((element, block))
        };
        Ok(Self(elements.into_iter().map(with_block).collect::<Result<_, _>>()?))
    }
}

/// The fields of an element with their types, before the rules between them.
struct Outline {
    raw: Value,
    api_code: String,
    caller_block: Option<i64>,
    caller_url: String,
    caller_method: String,
    operator_type: i64,
    login_id: Option<String>,
    application: Option<CodeVersion>,
    roles: Vec<CodeVersion>,
    has_wf: bool,
    target_block: Option<i64>,
    target_url: String,
    target_method: String,
}

struct Operator(i64, Option<String>, Option<CodeVersion>, Vec<CodeVersion>, bool);

fn operator(value: &Value) -> Result<Operator, Complaint> {
    nested(value, |fields| {
        let kind = fields.required("type", number);
        let login_id = fields.optional("loginId", any_text);
        let application = fields.optional("app", code_version);
        let roles = fields.optional("role", array(code_version));
        let wf = fields.raw("wf").is_some();
        fields.inside(|| Some(Operator(kind?, login_id, application, roles.unwrap_or_default(), wf)))
    })
}

fn outline(value: &Value) -> Result<Outline, Complaint> {
    nested(value, |fields| {
        let caller = fields.required("caller", |value| {
            nested(value, |fields| {
                let api_code = fields.required("apiCode", uuid);
                let block = fields.optional("blockCode", number);
                let url = fields.required("apiUrl", text);
                let method = fields.required("apiMethod", text);
                fields.optional("userId", any_text);
                fields.optional("identificationCode", any_text);
                fields.optional("requestBody", any);
                let operator = fields.required("operator", operator);
                fields.inside(|| Some((api_code?, block, url?, method?, operator?)))
            })
        });
        let target = fields.required("target", |value| {
            nested(value, |fields| {
                let block = fields.optional("blockCode", number);
                let url = fields.required("apiUrl", text);
                let method = fields.required("apiMethod", text);
                fields.optional("_code", any);
                fields.optional("parameter", any);
                fields.optional("allowPartialStore", boolean);
                fields.inside(|| Some((block, url?, method?)))
            })
        });
        fields.inside(|| {
            let (api_code, caller_block, caller_url, caller_method, operator) = caller?;
            let (target_block, target_url, target_method) = target?;
            let Operator(operator_type, login_id, application, roles, has_wf) = operator;
            Some(Outline {
                raw: value.clone(),
                api_code,
                caller_block,
                caller_url,
                caller_method,
                operator_type,
                login_id,
                application,
                roles,
                has_wf,
                target_block,
                target_url,
                target_method,
            })
        })
    })
}

impl Outline {
    /// Rules between fields, in the order of the spec.
    fn checked(self) -> Result<Element, Refusal> {
        let method = |text: &str| {
            let known = matches!(text, "GET" | "POST" | "PUT" | "DELETE");
            known
                .then(|| text.parse::<Method>().ok())
                .flatten()
                .ok_or(Refusal::Input("APIメソッドが正しくありません"))
        };
        method(&self.caller_method)?;
        let target_method = method(&self.target_method)?;
        let operator_type = OperatorType::try_from(self.operator_type)
            .map_err(|_| Refusal::Input("サポートされていないオペレータータイプです"))?;
        match operator_type {
            OperatorType::Application if self.application.is_none() => {
                return Err(Refusal::Input("アプリケーションが指定されていません"));
            }
            OperatorType::Individual | OperatorType::Member
                if self.login_id.as_deref().unwrap_or_default().is_empty() =>
            {
                return Err(Refusal::Input("ログインIDが指定されていません"));
            }
            _ => {}
        }
        if self.has_wf {
            return Err(Refusal::Input("ワークフローはサポートされていません"));
        }
        Ok(Element {
            raw: self.raw,
            api_code: self.api_code,
            caller_block: self.caller_block,
            caller_url: self.caller_url,
            caller_method: self.caller_method,
            operator_type,
            login_id: self.login_id,
            application: self.application,
            roles: self.roles,
            target_block: self.target_block.filter(|block| *block != 0),
            target_url: self.target_url,
            target_method,
        })
    }
}
