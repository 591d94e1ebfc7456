//! The faces of the gate.

mod forward;
mod reverse;

use axum::{
    Router,
    body::Body,
    response::Response,
    routing::{MethodRouter, get},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use platform::{Answer, drop_hop_headers};

use crate::Proxy;

pub(crate) fn routes(proxy: Proxy) -> Router {
    let plain: MethodRouter<Proxy> =
        get(forward::plain).post(forward::plain).put(forward::plain).delete(forward::plain);
    let individual: MethodRouter<Proxy> = get(forward::individual)
        .post(forward::individual)
        .put(forward::individual)
        .delete(forward::individual);
    let reverse: MethodRouter<Proxy> =
        get(reverse::reverse).post(reverse::reverse).put(reverse::reverse).delete(reverse::reverse);
    Router::new()
        .route("/pxr-block-proxy", plain)
        .route("/pxr-block-proxy/ind", individual)
        .route("/pxr-block-proxy/reverse", reverse)
        .with_state(proxy)
}

/// An answer handed on: status, headers and body, without what belongs to one connection.
fn handed_on(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    drop_hop_headers(response.headers_mut());
    response
}

/// The headers that travel on with a call.
fn travelling(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    drop_hop_headers(&mut headers);
    headers.remove(header::COOKIE);
    headers.remove(header::ACCEPT_ENCODING);
    headers.remove("x-xsrf-token");
    headers
}

/// Between proxies a call always has a body; `{}` stands for none.
fn body_or_empty(bytes: &Bytes, headers: &mut HeaderMap) -> Bytes {
    if !bytes.is_empty() {
        return bytes.clone();
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Bytes::from_static(b"{}")
}

/// Answers of these paths are files.
fn is_download(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default().trim_matches('/');
    let segments: Vec<_> = path.split('/').collect();
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    matches!(segments.as_slice(), ["binary-manage", "download", _, number] if is_number(number))
}
