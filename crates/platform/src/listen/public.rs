//! The public listener: people and applications.
//!
//! It serves what the spec lets out (architecture 7.2) and nothing else, removes whatever only services may
//! say, and refuses requests with cookies that do not prove where they come from.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::State,
    middleware,
    response::{IntoResponse, Response},
};
use http::{Method, Request, StatusCode, header};
use url::form_urlencoded;
use vocabulary::ServiceName;

use super::gateway::{Gateway, drop_internal_headers, inner_path, limit_body, not_served, with_path};
use crate::{ApiError, Channel, Health, Origin, csrf, language};

/// The largest body from outside.
const BODY_LIMIT: usize = 50 * 1024 * 1024;

/// The public face of a block with these services; its health is that of the process.
pub fn public(channel: Channel, services: Arc<[ServiceName]>, health: Health) -> Router {
    Router::new()
        .fallback(serve)
        .with_state((Gateway { channel, services }, health))
        .layer(middleware::from_fn(language::answer))
}

async fn serve(State((gateway, health)): State<(Gateway, Health)>, mut request: Request<Body>) -> Response {
    if request.uri().path() == "/health" {
        return health.answer().await;
    }
    let Some((service, path)) = published(&gateway, request.method(), request.uri().path()) else {
        return not_served();
    };
    drop_internal_headers(request.headers_mut());
    let has_cookie = request.headers().contains_key(header::COOKIE);
    if has_cookie && !is_login(&path) && !csrf::holds(request.headers()) {
        return ApiError::new(StatusCode::FORBIDDEN, "CSRFトークンがないか、正しくありません")
            .because("csrf")
            .into_response();
    }
    let query = request.uri().query().map(|query| match service {
        ServiceName::BlockProxy => without_sender(query),
        _ => query.to_owned(),
    });
    match with_path(request.uri(), &path, query.as_deref()) {
        Ok(uri) => *request.uri_mut() = uri,
        Err(error) => return error.into_response(),
    }
    match limit_body(request, BODY_LIMIT).await {
        Ok(request) => gateway.dispatch(service, request, Origin::Public).await,
        Err(error) => error.into_response(),
    }
}

/// The service and its path, when the public may reach it.
fn published(gateway: &Gateway, method: &Method, path: &str) -> Option<(ServiceName, String)> {
    let (outer, inner) = inner_path(path)?;
    let service = gateway.service(inner)?;
    if outer != service.prefix() {
        return None;
    }
    let route = inner.trim_end_matches('/').to_ascii_lowercase();
    let open = match service {
        ServiceName::BlockProxy => matches!(route.as_str(), "/pxr-block-proxy" | "/pxr-block-proxy/ind"),
        ServiceName::Operator => is_public_operator_route(method, &route),
        _ => false,
    };
    open.then(|| (service, inner.to_owned()))
}

/// Login and what an operator does to its own block's accounts. Not: `cancelDelete`, `csrf/*`.
fn is_public_operator_route(method: &Method, route: &str) -> bool {
    let Some(rest) = route.strip_prefix("/operator") else { return false };
    let segments: Vec<_> = rest.split('/').filter(|segment| !segment.is_empty()).collect();
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    match segments.as_slice() {
        // The very first member of a block is created by command only; the operator service sees to it.
        [] => method == Method::GET || method == Method::POST,
        ["login" | "ind" | "user", ..] | ["logout" | "session" | "identifycode"] => true,
        ["password", id] => is_number(id),
        [id] => is_number(id) || id.starts_with('-') && is_number(&id[1..]),
        _ => false,
    }
}

/// The routes that hand out the first cookies.
fn is_login(path: &str) -> bool {
    let path = path.trim_end_matches('/').to_ascii_lowercase();
    matches!(
        path.as_str(),
        "/operator/login"
            | "/operator/ind/login"
            | "/operator/login/onetime"
            | "/operator/ind/login/onetime"
            | "/operator/login/sso"
            | "/operator/ind/login/sso"
    )
}

/// Only services say on whose behalf they call; clients in the field send it all the same.
fn without_sender(query: &str) -> String {
    query
        .split('&')
        .filter(|pair| {
            let name = form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name.into_owned());
            !matches!(name.as_deref(), Some("from_path" | "from_block"))
        })
        .collect::<Vec<_>>()
        .join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sender_is_removed_and_the_rest_stays_as_it_was() {
        let query = "path=%2Fcatalog%3Fns%3Da&from_path=/x&block=$pxr-root-block&from%5Fblock=1";
        assert_eq!(without_sender(query), "path=%2Fcatalog%3Fns%3Da&block=$pxr-root-block");
    }

    #[test]
    fn the_public_reaches_members_and_logins_but_no_internal_route() {
        let open = |method: &Method, route: &str| is_public_operator_route(method, route);
        for route in
            ["/operator/login", "/operator/ind/login", "/operator/12", "/operator/password/3", "/operator"]
        {
            assert!(open(&Method::POST, route), "{route}");
        }
        for route in
            ["/operator/canceldelete/1", "/operator/csrf/token", "/operator/csrf/check", "/operatorx"]
        {
            assert!(!open(&Method::PUT, route), "{route}");
        }
    }
}
