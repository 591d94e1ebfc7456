//! Stand-ins for the services that the one under test calls.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use platform::{Channel, Neighbourhood};
use serde_json::Value;
use url::form_urlencoded;
use vocabulary::{BlockKind, ServiceName};

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

impl Asked {
    /// The path at the service in the end: for a call through the proxy the one that it is asked to hand on.
    #[must_use]
    pub fn target(&self) -> String {
        let query = self.path.split_once('?').map(|(_, query)| query).unwrap_or_default();
        let path = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "path");
        match path {
            Some((_, path)) if self.service == Some(ServiceName::BlockProxy) => path.into_owned(),
            _ => self.path.clone(),
        }
    }
}

/// One call that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which call, counted from 0.
    pub at: usize,
    /// Whether the call was heard all the same, and only its answer is lost.
    pub takes_effect: bool,
    /// Whether nobody hears of anything after it, as when the caller was killed.
    pub is_last: bool,
}

impl Fault {
    /// Every way in which one of so many calls can go wrong.
    pub fn each(calls: usize) -> impl Iterator<Item = Self> {
        let ways = [(false, false), (false, true), (true, false), (true, true)];
        (0..calls).flat_map(move |at| ways.map(|(takes_effect, is_last)| Self { at, takes_effect, is_last }))
    }
}

#[derive(Clone, Debug)]
struct Rule {
    service: Option<ServiceName>,
    method: Method,
    path: String,
    status: StatusCode,
    body: Value,
}

type Part = Arc<dyn Fn(&Asked) -> (u16, Value) + Send + Sync>;

/// The neighbours of a service under test. Those that were told nothing cannot be reached.
#[derive(Clone, Default)]
pub struct Neighbours {
    rules: Arc<Mutex<Vec<Rule>>>,
    parts: Arc<Mutex<HashMap<ServiceName, Part>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    fault: Arc<Mutex<Option<Fault>>>,
    delay: Arc<Mutex<Duration>>,
}

impl std::fmt::Debug for Neighbours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Neighbours")
            .field("rules", &self.rules)
            .field("asked", &self.asked)
            .finish_non_exhaustive()
    }
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

    /// Takes back what was said of a path.
    #[must_use]
    pub fn forgets(self, path: &str) -> Self {
        self.rules.lock().unwrap().retain(|rule| rule.path != path);
        self
    }

    /// From now on any other block answers so.
    #[must_use]
    pub fn other_block(self, method: Method, path: &str, status: u16, body: Value) -> Self {
        self.add(None, method, path, status, body);
        self
    }

    /// Lets a function play a service: what no rule answers, it does. It may remember and change its mind.
    #[must_use]
    pub fn played(
        self,
        service: ServiceName,
        part: impl Fn(&Asked) -> (u16, Value) + Send + Sync + 'static,
    ) -> Self {
        self.parts.lock().unwrap().insert(service, Arc::new(part));
        self
    }

    /// From now on a call goes wrong, or none does. What was asked so far is forgotten.
    pub fn suffer(&self, fault: Option<Fault>) {
        self.asked.lock().unwrap().clear();
        *self.fault.lock().unwrap() = fault;
    }

    /// From now on every answer takes that long.
    pub fn hesitate(&self, delay: Duration) {
        *self.delay.lock().unwrap() = delay;
    }

    /// A block of that kind that consists of nothing but these neighbours.
    #[must_use]
    pub fn neighbourhood(&self, kind: BlockKind) -> Neighbourhood {
        let channel = Channel::new(HashMap::new()).expect("a channel");
        channel.connect(self.routers());
        Neighbourhood { block: Arc::new(crate::bench::block(kind)), channel }
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
        let parts = self.parts.lock().unwrap();
        rules
            .iter()
            .filter_map(|rule| rule.service)
            .chain(parts.keys().copied())
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
        let asked = Asked { service, host, method, path, headers: parts.headers, body };
        let number = {
            let mut all = self.asked.lock().unwrap();
            all.push(asked.clone());
            all.len() - 1
        };
        let delay = *self.delay.lock().unwrap();
        tokio::time::sleep(delay).await;
        let fault = *self.fault.lock().unwrap();
        match fault {
            Some(Fault { at, takes_effect: true, .. }) if at == number => {
                drop(self.answer_as_told(&asked));
                StatusCode::BAD_GATEWAY.into_response()
            }
            Some(Fault { at, is_last, .. }) if at == number || is_last && number > at => {
                StatusCode::BAD_GATEWAY.into_response()
            }
            _ => {
                let answer = self.answer_as_told(&asked);
                // An answer takes its way: whoever is interrupted while he waits for it must not have it already.
                tokio::task::yield_now().await;
                answer
            }
        }
    }

    fn answer_as_told(&self, asked: &Asked) -> Response {
        let path = &asked.path;
        let rules = self.rules.lock().unwrap();
        let fits = |rule: &&Rule| {
            let plain = path.split('?').next().unwrap_or_default();
            rule.service == asked.service
                && rule.method == asked.method
                && (rule.path == *path || rule.path == plain || rule.path == plain.trim_end_matches('/'))
        };
        if let Some(rule) = rules.iter().find(fits) {
            return response(rule.status, &rule.body);
        }
        drop(rules);
        let part = asked.service.and_then(|service| self.parts.lock().unwrap().get(&service).cloned());
        let Some(part) = part else {
            return (StatusCode::NOT_IMPLEMENTED, format!("nobody said what {path} answers")).into_response();
        };
        let (status, body) = part(asked);
        response(StatusCode::from_u16(status).expect("a status"), &body)
    }
}

fn response(status: StatusCode, body: &Value) -> Response {
    if body.is_null() { status.into_response() } else { (status, Json(body)).into_response() }
}
