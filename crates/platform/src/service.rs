//! What is the same around every service's routes.

use std::time::{Duration, Instant as Stopwatch};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use tower::Layer;
use tower_http::{catch_panic::CatchPanicLayer, normalize_path::NormalizePathLayer};
use tracing::Instrument;
use vocabulary::ServiceName;

use crate::{ApiError, Host, Metrics, Origin, RequestId, error::Why, identity::Proof, usage::Usage};

/// Completes the routes of a service: paths with or without a trailing slash, request id, log line, security
/// headers, JSON for unknown paths, and no panic that reaches the connection.
pub fn assemble<S: Host>(service: ServiceName, state: S, routes: impl FnOnce(S) -> Router) -> Router {
    let seen = Seen { service, metrics: state.ground().metrics.clone() };
    let routes = routes(state)
        .fallback(unknown_path)
        .method_not_allowed_fallback(unknown_path)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(secure))
        .layer(middleware::from_fn_with_state(seen, logged));
    // The slash must go before a route is looked for, hence around the router.
    Router::new().fallback_service(NormalizePathLayer::trim_trailing_slash().layer(routes))
}

async fn unknown_path() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "このパスは存在しません").because("no_such_route")
}

#[expect(clippy::needless_pass_by_value, reason = "the signature tower-http asks for")]
fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().cloned();
    let text = text.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    ApiError::unexpected(format!("a handler panicked: {}", text.unwrap_or_default())).into_response()
}

/// The security headers of the reference (spec: operator 4.0).
const SECURITY_HEADERS: [(HeaderName, &str); 8] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_XSS_PROTECTION, "1; mode=block"),
    (header::X_FRAME_OPTIONS, "deny"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
    ),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=15552000; includeSubDomains"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Adds them where an answer has none of its own.
pub(crate) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Whose requests are logged, and where they are counted.
#[derive(Clone)]
struct Seen {
    service: ServiceName,
    metrics: Metrics,
}

/// One line for each request, under the id that all requests it causes share. Neither bodies nor queries
/// are logged: they hold personal data.
async fn logged(State(Seen { service, metrics }): State<Seen>, request: Request, next: Next) -> Response {
    let trusted = Origin::of(request.extensions()) != Origin::Public;
    let received = if trusted { RequestId::received(&request) } else { None };
    let proof = if trusted { Proof::received(&request) } else { None };
    let id = received.or_else(RequestId::current).unwrap_or_default();
    // A span of its own, not inside the caller's: the shared id tells what belongs together.
    let span = tracing::info_span!(parent: None, "request", %service, id = id.as_str());
    let (method, path) = (request.method().clone(), loggable(&request));
    let route = request.extensions().get::<MatchedPath>().cloned();
    let stopwatch = Stopwatch::now();
    let work = async {
        let mut response = next.run(request).await;
        let (status, took) = (response.status(), stopwatch.elapsed());
        let (queries, in_database) = Usage::so_far();
        let why = response.extensions_mut().remove::<Why>();
        tracing::info!(
            %method, path, status = status.as_u16(), millis = tenths(took), queries,
            db_millis = tenths(in_database), why = why.as_ref().map(|why| why.text.as_str()), "answered"
        );
        metrics.answered(service, (&method, route.as_ref()), (status, why), took);
        response
    };
    id.scope(Proof::scope(proof, Usage::of_request(work.instrument(span)))).await
}

/// Milliseconds with one decimal: many queries take less than one.
#[expect(clippy::cast_precision_loss, reason = "no request takes that long")]
fn tenths(time: Duration) -> f64 {
    (time.as_micros() / 100) as f64 / 10.0
}

/// Parameters of paths that open something to whoever knows them.
const SECRETS: [&str; 1] = ["{identifyCode}"];

/// The path of a request as it may be logged: where it holds a secret, its pattern.
fn loggable(request: &Request) -> String {
    let pattern = request.extensions().get().map(MatchedPath::as_str);
    let pattern = pattern.filter(|pattern| SECRETS.iter().any(|secret| pattern.contains(secret)));
    pattern.unwrap_or_else(|| request.uri().path()).to_owned()
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, routing::get};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn codes_in_paths_are_not_logged() {
        let show = |request: Request, _: Next| async move { loggable(&request) };
        let routes =
            Router::new().route("/a/{identifyCode}", get(|| async {})).route("/b/{id}", get(|| async {}));
        let routes = routes.layer(middleware::from_fn(show));
        for (path, logged) in [("/a/secret", "/a/{identifyCode}"), ("/b/7", "/b/7"), ("/c/8", "/c/8")] {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            let body = routes.clone().oneshot(request).await.unwrap().into_body();
            assert_eq!(body.collect().await.unwrap().to_bytes(), logged);
        }
    }
}
