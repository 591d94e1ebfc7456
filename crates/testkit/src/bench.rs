//! One service, ready to be called.

use std::{collections::HashMap, sync::Arc};

use axum::{Router, body::Body};
use chrono::TimeDelta;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use http_body_util::BodyExt;
use platform::{Block, Channel, Clock, Footing, Ground, Metrics, Origin, Peers, RootBlock, Seal, Store};
use sea_orm_migration::MigratorTrait;
use serde_json::Value;
use tower::ServiceExt;
use vocabulary::{BlockKind, Code, CodeVersion, Instant, ServiceName, Session, TimeZone};

use crate::{Database, Neighbours};

/// The block, its actor and the root block of all tests.
pub(crate) const BLOCK: i64 = 1_000_401;
pub(crate) const ACTOR: i64 = 1_000_431;
const ROOT_BLOCK: i64 = 1_000_401;

/// A service under test with everything around it.
#[derive(Debug)]
pub struct Bench {
    pub ground: Ground,
    pub clock: Clock,
    pub neighbours: Neighbours,
    router: Router,
    _database: Database,
}

impl Bench {
    /// Starts a service of a root block, its tables made by `M`.
    pub async fn start<M: MigratorTrait>(
        service: ServiceName,
        database: Database,
        neighbours: Neighbours,
        build: impl FnOnce(Ground) -> Router,
    ) -> Self {
        Self::start_on::<M>(BlockKind::Root, service, database, neighbours, build).await
    }

    /// Starts a service of a block of that kind. On blocks other than the root, the root's code is another one.
    pub async fn start_on<M: MigratorTrait>(
        kind: BlockKind,
        service: ServiceName,
        database: Database,
        neighbours: Neighbours,
        build: impl FnOnce(Ground) -> Router,
    ) -> Self {
        let clock = Clock::standing_at(Instant::parse("2026-01-02T03:04:05.678+0900").expect("an instant"));
        let store = Store::open(&database.url, service, TimeZone::UTC).await.expect("a store");
        store.migrate::<M>(service).await.expect("the newest tables");
        let metrics = Metrics::default();
        metrics.watch(service, &store);
        let ground = Ground::from(Footing {
            block: Arc::new(block(kind)),
            channel: Channel::new(HashMap::new()).expect("a channel"),
            peers: Peers::standing_in(neighbours.router(None)),
            clock: clock.clone(),
            store,
            metrics,
            seal: Seal::new(&"5a".repeat(32)).expect("a key"),
            zone: TimeZone::TOKYO,
            caching: false,
        });
        let router = build(ground.clone());
        let mut services = neighbours.routers();
        services.insert(service, router.clone());
        ground.channel.connect(services);
        Self { ground, clock, neighbours, router, _database: database }
    }

    pub fn advance(&self, delta: TimeDelta) {
        self.clock.advance(delta);
    }

    #[must_use]
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        RequestBuilder {
            router: self.router.clone(),
            method,
            path: path.to_owned(),
            headers,
            body: Vec::new(),
            origin: Origin::Inside,
        }
    }

    #[must_use]
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    #[must_use]
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    #[must_use]
    pub fn put(&self, path: &str) -> RequestBuilder {
        self.request(Method::PUT, path)
    }

    #[must_use]
    pub fn delete(&self, path: &str) -> RequestBuilder {
        self.request(Method::DELETE, path)
    }
}

/// The block of all tests.
pub(crate) fn block(kind: BlockKind) -> Block {
    let root = if kind == BlockKind::Root { ROOT_BLOCK } else { 1_000_109 };
    Block {
        kind,
        code: CodeVersion::new(BLOCK, 1),
        actor: Some(CodeVersion::new(ACTOR, 1)),
        service_name: "test-service".to_owned(),
        ext_name: "test-org".to_owned(),
        root: RootBlock { code: Code(root), service_name: "root-service".to_owned() },
    }
}

/// A request about to be sent; from inside the block unless said otherwise.
#[derive(Debug)]
pub struct RequestBuilder {
    router: Router,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
    origin: Origin,
}

impl RequestBuilder {
    #[must_use]
    pub fn session(self, session: &Session) -> Self {
        self.header("session", session.header())
    }

    /// Replaces a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(HeaderName::from_static(name), value.parse().expect("a header value"));
        self
    }

    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    #[must_use]
    pub fn from(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "reads better with json!")]
    pub fn json(self, body: Value) -> Self {
        self.text(&body.to_string())
    }

    /// A body that need not be JSON.
    #[must_use]
    pub fn text(self, body: &str) -> Self {
        self.bytes(body.as_bytes())
    }

    #[must_use]
    pub fn bytes(mut self, body: &[u8]) -> Self {
        self.headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        self.body = body.to_vec();
        self
    }

    pub async fn send(self) -> Reply {
        let mut request = Request::builder()
            .method(self.method)
            .uri(&self.path)
            .body(Body::from(self.body))
            .expect("a request");
        *request.headers_mut() = self.headers;
        request.extensions_mut().insert(self.origin);
        let Ok(response) = self.router.oneshot(request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Reply { status: parts.status.as_u16(), headers: parts.headers, body, bytes: bytes.to_vec() }
    }
}

/// What the service answered.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    /// Null when the body is no JSON.
    pub body: Value,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The names of the fields that were refused.
    #[must_use]
    pub fn refused_fields(&self) -> Vec<&str> {
        let reasons = self.body["reasons"].as_array();
        reasons.into_iter().flatten().filter_map(|reason| reason["property"].as_str()).collect()
    }

    /// The value that a `Set-Cookie` header gives a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
        lines
            .filter_map(|line| line.split(';').next()?.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, v)| v)
    }
}
