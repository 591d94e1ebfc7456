//! Replays one case.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Extension, Router,
    body::Body,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, Request, StatusCode, header};
use http_body_util::BodyExt;
use percent_encoding::percent_decode_str;
use platform::{Block, Channel, Clock, Footing, Ground, Origin, Peer, Peers, RootBlock, Seal, Store, listen};
use serde_json::Value;
use tower::ServiceExt;
use vocabulary::{Code, CodeVersion, Instant, ServiceName, TimeZone};

use crate::{
    case::{Case, Corpus, Exchange, Reply},
    compare,
    database::Databases,
    services,
};

/// What came of a case.
pub(crate) enum Verdict {
    Agrees,
    /// The route is still to come.
    NotBuilt,
    Differs(Vec<String>),
}

pub(crate) async fn replay(
    service: ServiceName,
    case: &Case,
    corpus: &Corpus,
    databases: &Databases,
) -> Verdict {
    match attempt(service, case, corpus, databases).await {
        Ok(verdict) => verdict,
        Err(error) => Verdict::Differs(vec![format!("it cannot be replayed: {error}")]),
    }
}

async fn attempt(
    service: ServiceName,
    case: &Case,
    corpus: &Corpus,
    databases: &Databases,
) -> Result<Verdict, Box<dyn std::error::Error>> {
    let seal = Seal::new(&"5a".repeat(32))?;
    let loaded = databases.load(case, corpus).await?;
    let before = databases.rows(&loaded, &seal).await?;
    let stand_ins = StandIns::new(service, &case.neighbours);
    let router = start(service, case, loaded.store.clone(), &seal, &stand_ins)?;
    let response = router.oneshot(request(case)?).await?;
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await?.to_bytes();
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let expects_a_route = case.response.status != 404;
    if parts.status == StatusCode::NOT_FOUND && expects_a_route && body["message"] == "このパスは存在しません"
    {
        return Ok(Verdict::NotBuilt);
    }
    let mut differences = Vec::new();
    if parts.status.as_u16() != case.response.status {
        let found = String::from_utf8_lossy(&bytes);
        differences.push(format!(
            "status {} instead of {}: {found}",
            parts.status.as_u16(),
            case.response.status
        ));
    } else if parts.status.is_success() {
        differences.extend(body_difference(&case.response, &bytes, &body)?);
    }
    stand_ins.settle().await;
    let after = databases.rows(&loaded, &seal).await?;
    databases.release(loaded).await?;
    compare_rows(service, case, &before, &after, &mut differences);
    stand_ins.compare(&mut differences);
    Ok(if differences.is_empty() { Verdict::Agrees } else { Verdict::Differs(differences) })
}

/// How a body that was sent differs from the recorded one.
fn body_difference(
    recorded: &Reply,
    bytes: &[u8],
    body: &Value,
) -> Result<Option<String>, base64::DecodeError> {
    Ok(match (&recorded.body, &recorded.text, &recorded.base64) {
        (Some(recorded), _, _) => {
            (!compare::fits(recorded, body)).then(|| format!("body {body}\n      recorded {recorded}"))
        }
        (None, Some(recorded), _) => {
            let text = String::from_utf8_lossy(bytes);
            (!compare::fits(&recorded.as_str().into(), &text.as_ref().into()))
                .then(|| format!("text {text}\n      recorded {recorded}"))
        }
        (None, None, Some(recorded)) => (STANDARD.decode(recorded)? != bytes)
            .then(|| format!("{} bytes that are not the recorded ones", bytes.len())),
        (None, None, None) => (!bytes.is_empty()).then(|| format!("a body where none was recorded: {body}")),
    })
}

type Tables = BTreeMap<String, Vec<crate::case::Row>>;

fn compare_rows(
    service: ServiceName,
    case: &Case,
    before: &Tables,
    after: &Tables,
    differences: &mut Vec<String>,
) {
    let nothing = crate::case::Changes::default();
    for (table, rows) in after.iter().filter(|(table, _)| !services::is_ours(service, table)) {
        let recorded = case.changes.iter().find(|(name, _)| name.rsplit('.').next() == Some(table));
        let recorded = recorded.map_or(&nothing, |(_, changes)| changes);
        compare::changes(table, recorded, &before[table], rows, differences);
    }
}

fn start(
    service: ServiceName,
    case: &Case,
    store: Store,
    seal: &Seal,
    stand_ins: &StandIns,
) -> Result<Router, Box<dyn std::error::Error>> {
    let (block, actor, root) = services::codes(service, case);
    let at = Instant::parse(&case.at).ok_or("the case has no time")?;
    let channel = Channel::new(HashMap::new())?;
    let ground = Ground::from(Footing {
        block: Arc::new(Block {
            kind: services::kind(service, case),
            code: CodeVersion::new(block, 1),
            actor: Some(CodeVersion::new(actor, 1)),
            service_name: "root-service".to_owned(),
            ext_name: "test-org".to_owned(),
            root: RootBlock { code: Code(root), service_name: "root-service".to_owned() },
        }),
        peers: Peers::standing_in(other_blocks(service, Code(block), &channel, stand_ins)),
        channel,
        clock: Clock::standing_at(at),
        store,
        metrics: platform::Metrics::default(),
        seal: seal.clone(),
        zone: TimeZone::TOKYO,
        caching: true,
    });
    let router = services::router(service, ground.clone(), case.config.as_deref());
    let mut routers: HashMap<_, _> = stand_ins
        .services()
        .into_iter()
        .filter(|name| *name != service)
        .map(|name| (name, stand_ins.router(Some(name))))
        .collect();
    routers.insert(service, router.clone());
    ground.channel.connect(routers);
    Ok(router)
}

/// Other blocks: what the service under test says to itself there comes in through its blocks listener, the rest is
/// stood in for.
fn other_blocks(service: ServiceName, own: Code, channel: &Channel, stand_ins: &StandIns) -> Router {
    let peer = Peer { block: own, actor: None, bootstrap: false, serial: String::new() };
    let itself = listen::blocks(channel.clone(), Arc::new([service])).layer(Extension(peer));
    let others = stand_ins.router(None);
    let own_face = format!("/{}/", service.prefix());
    Router::new().fallback(move |request: Request<Body>| {
        let is_itself = request.uri().path().starts_with(&own_face);
        if is_itself { itself.clone().oneshot(request) } else { others.clone().oneshot(request) }
    })
}

fn request(case: &Case) -> Result<Request<Body>, Box<dyn std::error::Error>> {
    let message = &case.request;
    let body = match (&message.body, &message.text) {
        (Some(body), _) => body.to_string(),
        (None, Some(text)) => text.clone(),
        (None, None) => String::new(),
    };
    let body = match &message.base64 {
        Some(text) => STANDARD.decode(text)?,
        None => body.into_bytes(),
    };
    let mut request = Request::builder()
        .method(message.method.as_str())
        .uri(message.path.as_str())
        .body(Body::from(body))?;
    for (name, value) in &message.headers {
        request.headers_mut().append(HeaderName::try_from(name)?, HeaderValue::from_str(value)?);
    }
    // What the recorded block took for a call from outside, because of its host, comes in through the public listener.
    let is_external = message.headers.get("host").is_some_and(|host| host.ends_with(".pxrsrc.me.uk"));
    request.extensions_mut().insert(if is_external { Origin::Public } else { Origin::Inside });
    Ok(request)
}

/// The neighbours of a case: they answer what was recorded and remember what they were asked.
#[derive(Clone)]
struct StandIns {
    exchanges: Arc<Vec<Exchange>>,
    asked: Arc<Mutex<Vec<String>>>,
    used: Arc<Mutex<HashMap<usize, usize>>>,
}

impl StandIns {
    /// What the service said to itself is no neighbour's matter.
    fn new(under_test: ServiceName, exchanges: &[Exchange]) -> Self {
        let of_others = exchanges.iter().filter(|exchange| exchange.service.parse() != Ok(under_test));
        let exchanges = Arc::new(of_others.cloned().collect());
        Self { exchanges, asked: Arc::default(), used: Arc::default() }
    }

    /// Services that answer; a refused one cannot be reached.
    fn services(&self) -> Vec<ServiceName> {
        let answering = self.exchanges.iter().filter(|exchange| !exchange.response.refused);
        answering.filter_map(|exchange| exchange.service.parse().ok()).collect()
    }

    fn router(&self, service: Option<ServiceName>) -> Router {
        let this = self.clone();
        Router::new().fallback(move |request: Request<Body>| {
            let this = this.clone();
            async move { this.answer(service, request).await }
        })
    }

    async fn answer(&self, service: Option<ServiceName>, request: Request<Body>) -> Response {
        let (parts, body) = request.into_parts();
        let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let path = if service.is_none() { inner(&path) } else { &path };
        let asked = line(parts.method.as_str(), path);
        self.note(asked.clone());
        let fits = |exchange: &&Exchange| {
            let right = service.is_none() || exchange.service.parse().ok() == service;
            right && line(&exchange.request.method, &exchange.request.path) == asked
        };
        let with_body = |exchange: &&Exchange| {
            exchange.request.body.as_ref().is_none_or(|recorded| compare::fits(recorded, &body))
        };
        let found: Vec<_> = self.exchanges.iter().filter(fits).collect();
        let exact: Vec<_> = found.iter().copied().filter(|exchange| with_body(exchange)).collect();
        let list = if exact.is_empty() { found } else { exact };
        let Some(first) = list.first() else {
            return (StatusCode::NOT_IMPLEMENTED, "nothing was recorded for this").into_response();
        };
        let at = self.next(std::ptr::from_ref::<Exchange>(first) as usize).min(list.len() - 1);
        let reply = &list[at].response;
        let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match (&reply.body, &reply.text) {
            (Some(body), _) => {
                let body = with_code(first, body);
                (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
            }
            (None, Some(text)) => (status, text.clone()).into_response(),
            (None, None) => match reply.base64.as_deref().and_then(|text| STANDARD.decode(text).ok()) {
                Some(bytes) => {
                    (status, [(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response()
                }
                None => status.into_response(),
            },
        }
    }

    fn note(&self, asked: String) {
        self.asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(asked);
    }

    /// How often the first of these exchanges was used before.
    fn next(&self, key: usize) -> usize {
        let mut used = self.used.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let count = used.entry(key).or_insert(0);
        *count += 1;
        *count - 1
    }

    /// Waits for work that goes on after the answer: until everything that was recorded was asked, for a while.
    async fn settle(&self) {
        for _ in 0..20 {
            let mut missing = Vec::new();
            self.compare(&mut missing);
            if missing.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Calls that were made and not recorded, and writing ones that were recorded and not made. Reading less is fine.
    fn compare(&self, differences: &mut Vec<String>) {
        let asked = self.asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let recorded: Vec<_> = self
            .exchanges
            .iter()
            .map(|exchange| line(&exchange.request.method, &exchange.request.path))
            .collect();
        for call in asked.iter().filter(|call| !recorded.contains(call)) {
            differences.push(format!("calls {call}, which was not recorded"));
        }
        let missed =
            self.exchanges.iter().filter(|exchange| !exchange.response.refused && exchange.scheme.is_none());
        for call in missed.map(|exchange| line(&exchange.request.method, &exchange.request.path)) {
            // `POST /catalog` reads several items.
            let reads = call.starts_with("GET") || call == "POST /catalog";
            let is_write = !reads && !call.contains("/operator/csrf/");
            if is_write && !asked.contains(&call) {
                differences.push(format!("does not call {call}"));
            }
        }
    }
}

/// The path at a service of another block: its doubled first segment is cut there.
fn inner(path: &str) -> &str {
    let first = path.get(1..).and_then(|rest| rest.find('/')).map_or(0, |end| end + 1);
    let (outer, rest) = path.split_at(first);
    if first > 0 && rest.starts_with(outer) { rest } else { path }
}

/// Some recorded stand-ins of the catalog answer an item without its code, which no catalog does: it gets the one that
/// was asked for.
fn with_code(exchange: &Exchange, body: &Value) -> Value {
    let mut body = body.clone();
    let asked = exchange.request.path.strip_prefix("/catalog/").filter(|_| exchange.service == "catalog");
    let mut numbers = asked.unwrap_or_default().split('/').map(str::parse::<i64>);
    if let (Some(Ok(code)), Some(head)) =
        (numbers.next(), body.get_mut("catalogItem").and_then(Value::as_object_mut))
    {
        let version = numbers.next().and_then(Result::ok).unwrap_or(1);
        head.entry("_code").or_insert_with(|| serde_json::json!({"_value": code, "_ver": version}));
    }
    body
}

/// Method and decoded path, without trailing slashes.
fn line(method: &str, path: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let (path, query) = decoded.split_once('?').unwrap_or((&decoded, ""));
    let path = path.trim_end_matches('/');
    if query.is_empty() { format!("{method} {path}") } else { format!("{method} {path}?{query}") }
}
