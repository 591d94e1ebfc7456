//! How a service says no: the one error type at the HTTP edge.

use std::{borrow::Cow, error::Error, fmt};

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::random;

/// A rule of a service that refuses a request; each service lists its own as an enum.
///
/// `Display` is the message the caller reads.
pub trait Refusal: fmt::Display + fmt::Debug {
    fn status(&self) -> StatusCode;

    /// Whether it holds only until another request has its answer.
    fn is_passing(&self) -> bool {
        false
    }

    /// The fields that are wrong, where a neighbour named them; they are listed instead of the message.
    fn reasons(&self) -> Vec<Reason> {
        Vec::new()
    }

    /// A short, stable name of the rule, for figures: by default that of the enum's variant, without what it holds.
    fn reason(&self) -> String {
        let mut name = VariantName::default();
        // It stops where the name ends.
        let _stopped = fmt::write(&mut name, format_args!("{self:?}"));
        name.0
    }
}

/// Takes the first name of a `Debug` text, as `snake_case`; what follows may be personal, and has no bound.
#[derive(Default)]
struct VariantName(String);

impl fmt::Write for VariantName {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for sign in text.chars() {
            if !sign.is_ascii_alphanumeric() && sign != '_' {
                return Err(fmt::Error);
            }
            if sign.is_ascii_uppercase() && !self.0.is_empty() {
                self.0.push('_');
            }
            self.0.push(sign.to_ascii_lowercase());
        }
        Ok(())
    }
}

/// One broken rule about one field of the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub property: String,
    /// What was received; null for a falsy value, as clients of the reference expect.
    #[serde(default)]
    pub value: Value,
    #[serde(default)]
    pub message: Cow<'static, str>,
    /// Where in the input the field is, e.g. `roles[0]._ver`: the property alone does not tell (spec: operator D25).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) path: String,
}

impl Reason {
    /// Found where the input is not read field by field: where that is, only its reader can say.
    pub fn new(property: impl Into<String>, value: Value, message: impl Into<Cow<'static, str>>) -> Self {
        Self { property: property.into(), value, message: message.into(), path: String::new() }
    }

    /// The same of a field inside another one, or of that one itself.
    pub(crate) fn within(mut self, outer: &str) -> Self {
        let separator = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{outer}{separator}{}", self.path);
        self
    }
}

/// An answer that is not a success.
#[derive(Debug)]
pub enum ApiError {
    /// `{"status", "message"}`.
    Refused { status: StatusCode, message: Cow<'static, str>, reason: Cow<'static, str>, is_passing: bool },
    /// `{"status": 400, "reasons": […]}`.
    Fields(Vec<Reason>),
    /// 204: there is nothing, and that is no mistake of the caller.
    NoContent,
    /// A bug or a broken world: the cause goes to the log, a reference number to the caller.
    Unexpected(Box<dyn Error + Send + Sync>),
}

impl ApiError {
    #[must_use]
    pub fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        let reason = status.canonical_reason().unwrap_or("refused").to_lowercase().replace([' ', '-'], "_");
        Self::Refused { status, message: message.into(), reason: reason.into(), is_passing: false }
    }

    /// The same with a name of the reason for figures.
    #[must_use]
    pub fn because(mut self, name: &'static str) -> Self {
        if let Self::Refused { reason, .. } = &mut self {
            *reason = name.into();
        }
        self
    }

    #[must_use]
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    #[must_use]
    pub fn unauthorized(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    /// A failure nobody foresaw, with what was being done.
    pub fn unexpected(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unexpected(error.into())
    }

    /// Whether asking again may help as soon as another request has its answer.
    pub(crate) const fn is_passing(&self) -> bool {
        matches!(self, Self::Refused { is_passing: true, .. })
    }

    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Refused { status, .. } => *status,
            Self::Fields(_) => StatusCode::BAD_REQUEST,
            Self::NoContent => StatusCode::NO_CONTENT,
            Self::Unexpected(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl<R: Refusal> From<R> for ApiError {
    fn from(refusal: R) -> Self {
        let reasons = refusal.reasons();
        if !reasons.is_empty() {
            return Self::Fields(reasons);
        }
        Self::Refused {
            status: refusal.status(),
            message: refusal.to_string().into(),
            reason: refusal.reason().into(),
            is_passing: refusal.is_passing(),
        }
    }
}

impl From<sea_orm::DbErr> for ApiError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::unexpected(error)
    }
}

impl From<crate::StoreError> for ApiError {
    fn from(error: crate::StoreError) -> Self {
        Self::unexpected(error)
    }
}

impl From<crate::Unreachable> for ApiError {
    fn from(error: crate::Unreachable) -> Self {
        tracing::warn!(error = error.to_string(), "a neighbour does not answer");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "連携先のサービスに接続できませんでした")
            .because("neighbour_unreachable")
    }
}

/// Why a request was refused: travels with the answer to whoever logs and counts it.
#[derive(Clone, Debug)]
pub(crate) struct Why {
    /// For the log line.
    pub(crate) text: String,
    /// For figures.
    pub(crate) reason: Cow<'static, str>,
}

impl ApiError {
    /// Names of fields, never their values: those may be personal.
    fn why(&self) -> Option<Why> {
        match self {
            Self::Refused { message, reason, .. } => {
                Some(Why { text: message.clone().into_owned(), reason: reason.clone() })
            }
            Self::Fields(reasons) => {
                let fields: Vec<_> = reasons.iter().map(|reason| reason.property.as_str()).collect();
                Some(Why { text: format!("fields: {}", fields.join(", ")), reason: "fields".into() })
            }
            Self::NoContent | Self::Unexpected(_) => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let why = self.why();
        let body = match self {
            Self::NoContent => return status.into_response(),
            Self::Refused { message, .. } => json!({"status": status.as_u16(), "message": message}),
            Self::Fields(reasons) => json!({"status": status.as_u16(), "reasons": reasons}),
            Self::Unexpected(error) => {
                let reference = random::digits(10);
                tracing::error!(reference, error = with_causes(error.as_ref()), "unexpected failure");
                let message = format!("予期しないエラーが発生しました（照会番号 {reference}）");
                json!({"status": status.as_u16(), "message": message})
            }
        };
        let mut response = (status, Json(body)).into_response();
        if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if let Some(why) = why {
            response.extensions_mut().insert(why);
        }
        response
    }
}

fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    enum Rule {
        NotAddressed,
        Input(&'static str),
        PxrIdUnknown { id: &'static str },
    }

    impl fmt::Display for Rule {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self {
                Self::NotAddressed => f.write_str("no"),
                Self::Input(held) | Self::PxrIdUnknown { id: held } => f.write_str(held),
            }
        }
    }

    impl Refusal for Rule {
        fn status(&self) -> StatusCode {
            StatusCode::BAD_REQUEST
        }
    }

    #[test]
    fn a_rule_is_counted_under_its_name_and_never_with_what_it_holds() {
        let rules = [
            (Rule::NotAddressed, "not_addressed"),
            (Rule::Input("personal"), "input"),
            (Rule::PxrIdUnknown { id: "personal" }, "pxr_id_unknown"),
        ];
        for (rule, name) in rules {
            assert_eq!(ApiError::from(rule).why().unwrap().reason, name);
        }
        let fields = ApiError::Fields(Vec::new()).why().unwrap();
        assert_eq!(fields.reason, "fields");
        assert_eq!(ApiError::unauthorized("x").why().unwrap().reason, "unauthorized");
        assert_eq!(ApiError::unauthorized("x").because("csrf").why().unwrap().reason, "csrf");
    }
}
