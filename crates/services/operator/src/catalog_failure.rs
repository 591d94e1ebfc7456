//! What it means when the catalog does not help (spec: operator 4.0).

use contract::{CallFailure, catalog::Item};
use http::StatusCode;
use platform::ApiError;
use serde_json::Value;

use crate::refusal::Refusal;

/// An item by its code: 400 and 204 mean that it does not exist, and 404 where the catalog says so in words (a route
/// that nobody serves is 404, too).
pub(crate) fn of_code(failure: CallFailure) -> ApiError {
    match failure.status() {
        Some(StatusCode::BAD_REQUEST | StatusCode::NO_CONTENT) => Refusal::Catalog.into(),
        Some(StatusCode::NOT_FOUND) if failure.message().is_some() => Refusal::Catalog.into(),
        _ => unavailable(&failure),
    }
}

/// A namespace: 404 and 204 mean that there is nothing in it.
pub(crate) fn of_namespace(failure: CallFailure) -> ApiError {
    if is_nothing(&failure) { Refusal::Catalog.into() } else { unavailable(&failure) }
}

/// The template of the first item in a namespace, or nothing where there is none.
pub(crate) fn first_template(items: Result<Vec<Item>, CallFailure>) -> Result<Option<Value>, ApiError> {
    match items {
        Ok(items) => Ok(items.into_iter().next().map(|item| item.template)),
        Err(failure) if is_nothing(&failure) => Ok(None),
        Err(failure) => Err(unavailable(&failure)),
    }
}

fn is_nothing(failure: &CallFailure) -> bool {
    matches!(failure.status(), Some(StatusCode::NOT_FOUND | StatusCode::NO_CONTENT))
}

fn unavailable(failure: &CallFailure) -> ApiError {
    tracing::warn!(%failure, "the catalog did not help");
    Refusal::CatalogUnavailable.into()
}
