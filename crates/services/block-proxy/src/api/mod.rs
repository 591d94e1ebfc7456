//! The faces of the gate.

mod forward;
mod reverse;

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use platform::{Answer, Routes, drop_hop_headers};

use crate::Proxy;

pub(crate) fn routes() -> Routes<Proxy> {
    let (plain, individual, reverse) =
        ("/pxr-block-proxy", "/pxr-block-proxy/ind", "/pxr-block-proxy/reverse");
    Routes::new()
        .get(plain, forward::plain)
        .post(plain, forward::plain)
        .put(plain, forward::plain)
        .delete(plain, forward::plain)
        .get(individual, forward::individual)
        .post(individual, forward::individual)
        .put(individual, forward::individual)
        .delete(individual, forward::individual)
        .get(reverse, reverse::reverse)
        .post(reverse, reverse::reverse)
        .put(reverse, reverse::reverse)
        .delete(reverse, reverse::reverse)
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
