//! How a service says no: the one error type at the HTTP edge.

use std::{borrow::Cow, error::Error, fmt};

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};
use vocabulary::random;

/// A rule of a service that refuses a request; each service lists its own as an enum.
///
/// `Display` is the message the caller reads.
pub trait Refusal: fmt::Display {
    fn status(&self) -> StatusCode;
}

/// One broken rule about one field of the input.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    pub property: String,
    /// What was received; null for a falsy value, as clients of the reference expect.
    pub value: Value,
    pub message: Cow<'static, str>,
}

/// An answer that is not a success.
#[derive(Debug)]
pub enum ApiError {
    /// `{"status", "message"}`.
    Refused { status: StatusCode, message: Cow<'static, str> },
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
        Self::Refused { status, message: message.into() }
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
        Self::Refused { status: refusal.status(), message: refusal.to_string().into() }
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
    }
}

/// Why a request was refused, for the log line: travels with the answer, inside the process.
#[derive(Clone, Debug)]
pub(crate) struct Why(pub(crate) String);

impl ApiError {
    /// Names of fields, never their values: those may be personal.
    fn why(&self) -> Option<Why> {
        match self {
            Self::Refused { message, .. } => Some(Why(message.clone().into_owned())),
            Self::Fields(reasons) => {
                let fields: Vec<_> = reasons.iter().map(|reason| reason.property.as_str()).collect();
                Some(Why(format!("fields: {}", fields.join(", "))))
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
