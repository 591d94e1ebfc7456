//! How one service of a block calls another: straight into its router, or over HTTP to where it runs.
//!
//! Both ways carry the same request and give the same answer. Calls to other blocks go through the
//! block's own proxy, which uses [`crate::Peers`].

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{Router, body::Body};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio_util::task::AbortOnDropHandle;
use tower::ServiceExt;
use vocabulary::{ServiceName, Session};

use crate::{
    ApiError, Origin, Reason, RequestId,
    identity::{self, Proof},
    usage::Usage,
};

/// How long a neighbour may take for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A neighbour gave no answer.
#[derive(Debug, thiserror::Error)]
#[error("{target} does not answer: {cause}")]
pub struct Unreachable {
    pub target: String,
    pub cause: String,
}

/// A call about to be made. `path` is the target with its query, already encoded.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Outgoing {
    #[must_use]
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        Self { method, path: path.into(), headers, body: Bytes::new() }
    }

    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    #[must_use]
    pub fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    #[must_use]
    pub fn put(path: impl Into<String>) -> Self {
        Self::new(Method::PUT, path)
    }

    #[must_use]
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// On behalf of an operator.
    #[must_use]
    pub fn session(self, session: &Session) -> Self {
        self.header("session", session.header())
    }

    /// Adds a header; a value that no header can carry is left out.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = serde_json::to_vec(body).map(Bytes::from).unwrap_or_default();
        self
    }

    #[must_use]
    pub fn bytes(mut self, body: Bytes) -> Self {
        self.body = body;
        self
    }

    pub(crate) fn into_request(mut self, base: &str) -> Result<Request<Body>, http::Error> {
        if let Some(id) = RequestId::current().and_then(|id| id.value()) {
            self.headers.insert(RequestId::HEADER, id);
        }
        if let Some(proof) = Proof::current().and_then(|proof| proof.value()) {
            self.headers.entry(identity::HEADER).or_insert(proof);
        }
        let mut request = Request::builder()
            .method(self.method)
            .uri(format!("{base}{}", self.path))
            .body(Body::from(self.body))?;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

/// What a neighbour answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// What was made without a call.
    pub async fn of(response: Response<Body>) -> Result<Self, ApiError> {
        collect(response).await.map_err(ApiError::unexpected)
    }

    /// The body as JSON; a neighbour that answers something else is a failure, not the caller's fault.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| ApiError::unexpected(format!("a neighbour's answer cannot be read: {error}")))
    }

    /// The fields that a refusal names.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        #[derive(Deserialize)]
        struct Refused {
            reasons: Vec<Reason>,
        }
        serde_json::from_slice(&self.body).map_or_else(|_| Vec::new(), |refused: Refused| refused.reasons)
    }

    /// The `message` of a refusal, when it has one.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        let body: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        Some(body.get("message")?.as_str()?.to_owned())
    }
}

/// The ways to the services of this block.
#[derive(Clone, Debug)]
pub struct Channel {
    inner: Arc<Ways>,
}

#[derive(Debug)]
struct Ways {
    /// Services of this process. Known only once all are assembled, hence set later.
    local: OnceLock<HashMap<ServiceName, Router>>,
    /// Base URLs of services that run elsewhere.
    elsewhere: HashMap<ServiceName, String>,
    http: reqwest::Client,
}

impl Channel {
    /// `elsewhere`: where services answer that do not run in this process, up to and not including their prefix.
    pub fn new(elsewhere: HashMap<ServiceName, String>) -> Result<Self, reqwest::Error> {
        crate::listen::install_crypto_provider();
        let http = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build()?;
        Ok(Self { inner: Arc::new(Ways { local: OnceLock::new(), elsewhere, http }) })
    }

    /// Connects the services of this process. Only the first call counts.
    pub fn connect(&self, services: HashMap<ServiceName, Router>) {
        if self.inner.local.set(services).is_err() {
            tracing::warn!("the channel was connected already");
        }
    }

    /// Whether this block has the service, here or elsewhere.
    #[must_use]
    pub fn has(&self, service: ServiceName) -> bool {
        self.local(service).is_some() || self.inner.elsewhere.contains_key(&service)
    }

    /// The service's router, when it runs in this process.
    pub(crate) fn local(&self, service: ServiceName) -> Option<Router> {
        self.inner.local.get()?.get(&service).cloned()
    }

    /// Sends a request to a service of this block and waits for the whole answer.
    pub async fn send(&self, service: ServiceName, request: Outgoing) -> Result<Answer, Unreachable> {
        debug_assert!(Usage::may_call(), "{service} is called inside a transaction");
        let unreachable = |cause: String| Unreachable { target: service.to_string(), cause };
        if let Some(router) = self.local(service) {
            let mut request = request.into_request("").map_err(|error| unreachable(error.to_string()))?;
            request.extensions_mut().insert(Origin::Inside);
            return in_process(router, request).await.map_err(unreachable);
        }
        let Some(base) = self.inner.elsewhere.get(&service) else {
            return Err(unreachable(
                "it does not run here, and services.peers does not say where".to_owned(),
            ));
        };
        let request =
            request.into_request(base.trim_end_matches('/')).map_err(|e| unreachable(e.to_string()))?;
        over_http(&self.inner.http, request).await.map_err(|no_answer| unreachable(no_answer.cause))
    }
}

tokio::task_local! {
    /// Set where the current task works for a service and, within it, for another one that it called.
    static WITHIN_A_CALL: ();
}

/// Asks a router of this process. Calls go several services deep, and their futures, one inside the other, would need
/// more stack than a thread has: every second call gets a task of its own. The others save what it costs to wake
/// another thread. A caller that gives up ends the call, too.
async fn in_process(router: Router, request: Request<Body>) -> Result<Answer, String> {
    let call = async move {
        let Ok(response) = router.oneshot(request).await;
        collect(response).await
    };
    if WITHIN_A_CALL.try_with(|()| ()).is_err() {
        return Box::pin(WITHIN_A_CALL.scope((), call)).await;
    }
    let call = AbortOnDropHandle::new(tokio::spawn(call));
    call.await.map_err(|error| error.to_string())?
}

pub(crate) async fn collect(response: Response<Body>) -> Result<Answer, String> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
    Ok(Answer { status: parts.status, headers: parts.headers, body })
}

/// Why nothing came back.
pub(crate) struct NoAnswer {
    pub(crate) cause: String,
    /// There was no connection: the other side has heard nothing.
    pub(crate) is_unheard: bool,
}

/// The one place (with [`crate::Peers`]) where HTTP leaves the process.
pub(crate) async fn over_http(client: &reqwest::Client, request: Request<Body>) -> Result<Answer, NoAnswer> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await;
    let body = body.map_err(|error| NoAnswer { cause: error.to_string(), is_unheard: true })?.to_bytes();
    let mut outgoing = client.request(parts.method, parts.uri.to_string()).headers(parts.headers);
    if !body.is_empty() {
        outgoing = outgoing.body(body);
    }
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    let response = outgoing.send().await.map_err(no_answer)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.bytes().await.map_err(no_answer)?;
    Ok(Answer { status, headers, body })
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function for map_err")]
fn no_answer(error: reqwest::Error) -> NoAnswer {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    NoAnswer { cause: text, is_unheard: error.is_connect() }
}
