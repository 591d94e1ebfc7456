//! The internal listener: the services themselves, for the other processes of a split block.
//! It must never be reachable from outside.

use std::sync::Arc;

use axum::{Router, body::Body, extract::State, middleware, response::Response};
use http::Request;
use vocabulary::ServiceName;

use super::gateway::{Gateway, not_served};
use crate::{Channel, Origin, language, service::healthy};

/// The services of this process under their own paths, e.g. `/catalog/…`.
pub fn internal(channel: Channel, services: Arc<[ServiceName]>) -> Router {
    Router::new()
        .fallback(serve)
        .with_state(Gateway { channel, services })
        .layer(middleware::from_fn(language::answer))
}

async fn serve(State(gateway): State<Gateway>, request: Request<Body>) -> Response {
    let path = request.uri().path();
    if path == "/health" {
        return healthy();
    }
    match gateway.service(path) {
        Some(service) => gateway.dispatch(service, request, Origin::Inside).await,
        None => not_served(),
    }
}
