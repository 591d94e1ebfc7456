//! The internal listener: the services themselves, for the other processes of a split block.
//! It must never be reachable from outside.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::State,
    middleware,
    response::{IntoResponse, Response},
};
use http::{Method, Request};
use vocabulary::ServiceName;

use super::gateway::{Gateway, not_served};
use crate::{ApiError, Channel, Health, Metrics, Origin, language};

/// The services of this process under their own paths, e.g. `/catalog/…`; and what the process knows about itself.
pub fn internal(channel: Channel, services: Arc<[ServiceName]>, metrics: Metrics, health: Health) -> Router {
    Router::new()
        .fallback(serve)
        .with_state((Gateway { channel, services }, metrics, health))
        .layer(middleware::from_fn(language::answer))
}

async fn serve(
    State((gateway, metrics, health)): State<(Gateway, Metrics, Health)>,
    request: Request<Body>,
) -> Response {
    let path = request.uri().path();
    match path {
        "/health" => return health.answer().await,
        "/metrics" if request.method() == Method::GET => return figures(&metrics),
        _ => {}
    }
    match gateway.service(path) {
        Some(service) => gateway.dispatch(service, request, Origin::Inside).await,
        None => not_served(),
    }
}

fn figures(metrics: &Metrics) -> Response {
    match metrics.text() {
        Ok(text) => ([Metrics::CONTENT_TYPE], text).into_response(),
        Err(error) => ApiError::unexpected(error).into_response(),
    }
}
