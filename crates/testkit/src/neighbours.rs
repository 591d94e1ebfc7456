//! Stand-ins for the services that the one under test calls.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use vocabulary::ServiceName;

/// What a stand-in was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The service; none for another block.
    pub service: Option<ServiceName>,
    /// The name of the other block.
    pub host: Option<String>,
    pub method: Method,
    /// Path with query, as it came.
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
}

#[derive(Clone, Debug)]
struct Rule {
    service: Option<ServiceName>,
    method: Method,
    path: String,
    status: StatusCode,
    body: Value,
}

/// The neighbours of a service under test. Those that were told nothing cannot be reached.
#[derive(Clone, Debug, Default)]
pub struct Neighbours {
    rules: Arc<Mutex<Vec<Rule>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Neighbours {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on `service` answers 200 and `body`. A later rule for the same request replaces an earlier one.
    /// A path without query answers for every query.
    #[must_use]
    pub fn answers(self, service: ServiceName, method: Method, path: &str, body: Value) -> Self {
        self.refuses(service, method, path, 200, body)
    }

    /// From now on `service` answers with that status.
    #[must_use]
    pub fn refuses(self, service: ServiceName, method: Method, path: &str, status: u16, body: Value) -> Self {
        self.add(Some(service), method, path, status, body);
        self
    }

    /// From now on any other block answers so.
    #[must_use]
    pub fn other_block(self, method: Method, path: &str, status: u16, body: Value) -> Self {
        self.add(None, method, path, status, body);
        self
    }

    /// Everything that was asked so far, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    fn add(&self, service: Option<ServiceName>, method: Method, path: &str, status: u16, body: Value) {
        let status = StatusCode::from_u16(status).expect("a status");
        self.rules.lock().unwrap().insert(0, Rule { service, method, path: path.to_owned(), status, body });
    }

    /// One router for each service that has a rule when the bench starts.
    pub(crate) fn routers(&self) -> HashMap<ServiceName, Router> {
        let rules = self.rules.lock().unwrap();
        rules
            .iter()
            .filter_map(|rule| rule.service)
            .map(|service| (service, self.router(Some(service))))
            .collect()
    }

    pub(crate) fn router(&self, service: Option<ServiceName>) -> Router {
        let this = self.clone();
        Router::new().fallback(move |request: Request<Body>| {
            let this = this.clone();
            async move { this.answer(service, request).await }
        })
    }

    async fn answer(&self, service: Option<ServiceName>, request: Request<Body>) -> Response {
        let (parts, body) = request.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let (method, host) = (parts.method.clone(), parts.uri.host().map(str::to_owned));
        let asked = Asked { service, host, method, path: path.clone(), headers: parts.headers, body };
        self.asked.lock().unwrap().push(asked);
        let rules = self.rules.lock().unwrap();
        let fits = |rule: &&Rule| {
            let plain = path.split('?').next().unwrap_or_default();
            rule.service == service
                && rule.method == parts.method
                && (rule.path == path || rule.path == plain || rule.path == plain.trim_end_matches('/'))
        };
        match rules.iter().find(fits) {
            Some(rule) if rule.body.is_null() => rule.status.into_response(),
            Some(rule) => (rule.status, Json(rule.body.clone())).into_response(),
            None => (StatusCode::NOT_IMPLEMENTED, format!("nobody said what {path} answers")).into_response(),
        }
    }
}
