//! A request taken apart: everything a handler's input may be read from.

use std::collections::HashMap;

use axum::{
    RequestExt,
    extract::{Path, Request},
};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::Value;
use url::form_urlencoded;

use crate::{ApiError, Fields, Host, Origin, describe::recorder};

/// Bodies between services may be larger than what the public listener lets in (50 MB).
const BODY_LIMIT: usize = 100 * 1024 * 1024;

/// Method, path parameters, query, headers and body of a request.
#[derive(Debug)]
pub struct Incoming {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub origin: Origin,
    /// The body as it came.
    pub bytes: Bytes,
    path: HashMap<String, String>,
    query: Vec<(String, String)>,
    body: Value,
}

impl Incoming {
    /// Reads the whole request and does the checks that stand before all others:
    /// JSON (400), then `Accept` and `Content-Type` (406).
    pub(crate) async fn read(mut request: Request) -> Result<Self, ApiError> {
        let path = request.extract_parts::<Path<HashMap<String, String>>>().await;
        let path = path.map(|Path(path)| path).unwrap_or_default();
        let (parts, body) = request.into_parts();
        let bytes = Limited::new(body, BODY_LIMIT).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "リクエストが大きすぎます")
                    .because("body_too_large")
            } else {
                ApiError::bad_request("リクエストを最後まで受信できませんでした").because("body_broken_off")
            }
        })?;
        let bytes = bytes.to_bytes();
        let query = parts.uri.query().unwrap_or_default();
        let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let json = !is(&parts.headers, header::CONTENT_TYPE, "application/octet-stream");
        let body = if bytes.is_empty() || !json { Value::Null } else { parse(&bytes)? };
        let origin = Origin::of(&parts.extensions);
        let (method, uri, headers) = (parts.method, parts.uri, parts.headers);
        Ok(Self { method, uri, headers, origin, bytes, path, query, body })
    }

    /// A made-up request.
    pub(crate) fn made_up(
        path: HashMap<String, String>,
        query: Vec<(String, String)>,
        headers: HeaderMap,
        body: Value,
    ) -> Self {
        let (method, uri, origin) = (Method::POST, Uri::default(), Origin::Inside);
        let bytes = Bytes::from(body.to_string());
        Self { method, uri, headers, origin, bytes, path, query, body }
    }

    pub(crate) fn negotiate<S: Host>(&self, accepts_bytes: bool) -> Result<(), ApiError> {
        let known = |name: header::HeaderName| {
            is(&self.headers, name.clone(), "application/json")
                || accepts_bytes && is(&self.headers, name, "application/octet-stream")
        };
        let is_asked = match self.method {
            Method::GET | Method::POST | Method::PUT => true,
            Method::DELETE => S::CHECKS_ACCEPT_OF_DELETIONS || accepts_bytes,
            _ => accepts_bytes,
        };
        let asks = S::CHECKS_ACCEPT && is_asked;
        let any = is(&self.headers, header::ACCEPT, "*/*");
        let writes = matches!(self.method, Method::POST | Method::PUT) && !self.bytes.is_empty();
        if asks && !known(header::ACCEPT) && !any || writes && !known(header::CONTENT_TYPE) {
            return Err(
                ApiError::new(StatusCode::NOT_ACCEPTABLE, "NotAcceptableError").because("not_acceptable")
            );
        }
        Ok(())
    }

    /// The JSON of the body; null when there was none.
    #[must_use]
    pub const fn body(&self) -> &Value {
        &self.body
    }

    /// The body's fields, to be read with their rules. No body reads like `{}`.
    #[must_use]
    pub fn fields(&self) -> Fields<'_> {
        Fields::of(&self.body)
    }

    /// Whether there is nothing to read: no body, `null`, `{}` or `[]`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match &self.body {
            Value::Null => true,
            Value::Object(object) => object.is_empty(),
            Value::Array(array) => array.is_empty(),
            _ => false,
        }
    }

    /// A part of the path, percent-decoded.
    #[must_use]
    pub fn path(&self, name: &str) -> Option<&str> {
        recorder::path_asked(name);
        self.path.get(name).map(String::as_str)
    }

    /// The first query parameter of that name.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        recorder::parameter_asked(name);
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    #[must_use]
    pub fn query_pairs(&self) -> &[(String, String)] {
        &self.query
    }

    /// Path and query parameters as an object of texts, so that [`Fields`] can check them like a body.
    /// A repeated parameter becomes an array.
    #[must_use]
    pub fn parameters(&self) -> Value {
        let mut object = serde_json::Map::new();
        recorder::mark_parameters(&mut object);
        for (key, value) in self.path.iter().chain(self.query.iter().map(|(k, v)| (k, v))) {
            match object.get_mut(key) {
                None => drop(object.insert(key.clone(), value.as_str().into())),
                Some(Value::Array(array)) => array.push(value.as_str().into()),
                Some(one) => *one = Value::Array(vec![one.take(), value.as_str().into()]),
            }
        }
        Value::Object(object)
    }

    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        recorder::header_asked(name);
        self.headers.get(name)?.to_str().ok()
    }

    /// The value of a cookie; an empty one counts as absent.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        cookie(&self.headers, name)
    }
}

/// The value of a cookie among the request's headers; an empty one counts as absent.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value)
}

fn is(headers: &HeaderMap, name: header::HeaderName, kind: &str) -> bool {
    headers.get_all(name).iter().any(|value| value.to_str().is_ok_and(|value| value.contains(kind)))
}

fn parse(bytes: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(bytes)
        .map_err(|_| ApiError::bad_request("リクエストの本文がJSONではありません").because("no_json"))
}
