//! From a path to a service: what all listeners share.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Request, StatusCode, Uri, header, uri::PathAndQuery};
use http_body_util::{BodyExt, Limited};
use tower::ServiceExt;
use vocabulary::ServiceName;

use crate::{ApiError, Channel, Origin, Outgoing, RequestId, identity};

/// How long a request may take in all.
const PATIENCE: Duration = Duration::from_secs(120);

/// How much of a body that is refused is still read, and how long. A client that is not heard to the end may never
/// read why: the connection breaks under what it sends.
const HEARD: usize = 64 * 1024 * 1024;
const HEARD_FOR: Duration = Duration::from_secs(60);

/// Hands requests on to the services of the block.
#[derive(Clone, Debug)]
pub(super) struct Gateway {
    pub(super) channel: Channel,
    /// Services of this block, here or elsewhere.
    pub(super) services: Arc<[ServiceName]>,
}

impl Gateway {
    /// The service that the first segment of a path names, if this block has it.
    pub(super) fn service(&self, path: &str) -> Option<ServiceName> {
        let first = path.strip_prefix('/')?.split('/').next()?;
        // The certificate chain has a prefix of its own (spec: certification-authority 4.10).
        let first = if first == "certificate-authority" { "certification-authority" } else { first };
        self.services.iter().copied().find(|service| service.prefix().eq_ignore_ascii_case(first))
    }

    /// Lets the service answer, wherever it runs.
    pub(super) async fn dispatch(
        &self,
        service: ServiceName,
        mut request: Request<Body>,
        origin: Origin,
    ) -> Response {
        request.extensions_mut().insert(origin);
        let answer = async {
            match self.channel.local(service) {
                Some(router) => {
                    let Ok(response) = router.oneshot(request).await;
                    response
                }
                None => self.elsewhere(service, request).await.unwrap_or_else(IntoResponse::into_response),
            }
        };
        tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(|_| {
            ApiError::new(StatusCode::GATEWAY_TIMEOUT, "時間内に処理が終わりませんでした")
                .because("too_slow")
                .into_response()
        })
    }

    async fn elsewhere(&self, service: ServiceName, request: Request<Body>) -> Result<Response, ApiError> {
        let (parts, body) = request.into_parts();
        let bytes = body.collect().await.map_err(|_| too_large())?.to_bytes();
        let path = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        let mut outgoing = Outgoing::new(parts.method, path).bytes(bytes);
        outgoing.headers = parts.headers;
        drop_hop_headers(&mut outgoing.headers);
        let answer = self.channel.send(service, outgoing).await?;
        let mut response = Response::new(Body::from(answer.body));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        drop_hop_headers(response.headers_mut());
        Ok(response)
    }
}

/// Cuts the first segment, as the reference's NGINX does: `/operator/operator/login` → `/operator/login`.
pub(super) fn inner_path(path: &str) -> Option<(&str, &str)> {
    let (outer, _) = path.strip_prefix('/')?.split_once('/')?;
    Some((outer, &path[outer.len() + 1..]))
}

/// The same address with another path; the query stays unless it is given.
pub(super) fn with_path(uri: &Uri, path: &str, query: Option<&str>) -> Result<Uri, ApiError> {
    let text = match query {
        Some(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(text.parse().map_err(|_| malformed())?);
    parts.scheme = None;
    parts.authority = None;
    Uri::from_parts(parts).map_err(|_| malformed())
}

/// Refuses a body over the limit, and hears it out so that the refusal is read.
pub(super) async fn limit_body(request: Request<Body>, limit: usize) -> Result<Request<Body>, ApiError> {
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let (parts, mut body) = request.into_parts();
    if announced.is_some_and(|length: u64| length > limit as u64) {
        // Who asks first (`Expect: 100-continue`) has sent nothing yet.
        if !parts.headers.contains_key(header::EXPECT) {
            hear_out(&mut body).await;
        }
        return Err(too_large());
    }
    match Limited::new(&mut body, limit).collect().await {
        Ok(bytes) => Ok(Request::from_parts(parts, Body::from(bytes.to_bytes()))),
        Err(_) => {
            hear_out(&mut body).await;
            Err(too_large())
        }
    }
}

/// Reads what is left of a body and keeps nothing of it.
async fn hear_out(body: &mut Body) {
    let rest = async {
        let mut heard = 0;
        while let Some(Ok(frame)) = body.frame().await {
            heard += frame.data_ref().map_or(0, Bytes::len);
            if heard > HEARD {
                return;
            }
        }
    };
    // Whoever is slower than that is answered while he still sends.
    let _in_time = tokio::time::timeout(HEARD_FOR, rest).await;
}

fn malformed() -> ApiError {
    ApiError::bad_request("URLの形式が正しくありません").because("malformed_url")
}

fn too_large() -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "リクエストが大きすぎます").because("body_too_large")
}

/// Headers that belong to one connection only.
pub fn drop_hop_headers(headers: &mut HeaderMap) {
    for name in [
        header::CONNECTION,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
        header::TE,
        header::TRAILER,
        header::PROXY_AUTHENTICATE,
        header::PROXY_AUTHORIZATION,
        header::CONTENT_LENGTH,
        header::HOST,
    ] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
}

/// What only this platform's own services may say.
pub(super) fn drop_internal_headers(headers: &mut HeaderMap) {
    for name in ["session", "token", "x-cert"] {
        headers.remove(name);
    }
    headers.remove(identity::HEADER);
    headers.remove(RequestId::HEADER);
}

pub(super) fn not_served() -> Response {
    ApiError::new(StatusCode::NOT_FOUND, "このパスは存在しません").because("not_served").into_response()
}
