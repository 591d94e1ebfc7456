//! The routes, one file a resource.

mod classes;
pub(crate) mod items;
mod names;
pub(crate) mod namespaces;
mod update_sets;

use axum::{
    Router,
    routing::{get, post, put},
};
use platform::{ApiError, Incoming, Input};
use serde_json::Value;

use crate::{Catalog, codes::Kind, refusal::Refusal};

pub(crate) fn routes(service: Catalog) -> Router {
    let kinds = [("model", Kind::Model), ("built_in", Kind::BuiltIn), ("ext", Kind::Ext)];
    let mut routes = Router::new()
        .route("/catalog/name", get(names::show).post(names::activate).put(names::rename))
        .route("/catalog/ns", get(namespaces::list))
        .route("/catalog/ns/{nsId}", get(namespaces::show))
        .route("/catalog", get(items::in_namespace).post(items::by_codes))
        .route("/catalog/{code}", get(items::newest))
        .route("/catalog/{code}/{version}", get(items::at_version))
        .route("/catalog/history/{code}", get(items::history))
        .route("/catalog/inner/{code}/{name}", get(classes::newest))
        .route("/catalog/inner/{code}/{version}/{name}", get(classes::at_version))
        .route("/catalog/updateSet/search/info/{id}", get(update_sets::show))
        .route("/catalog/updateSet/search/request", get(update_sets::open))
        .route("/catalog/updateSet/search/approval", get(update_sets::approved))
        .route("/catalog/updateSet/register", post(update_sets::register))
        .route("/catalog/updateSet/register/{id}", put(update_sets::replace).delete(update_sets::cancel))
        .route("/catalog/updateSet/request", post(update_sets::request))
        .route("/catalog/updateSet/approval/{id}", post(update_sets::decide));
    for (name, kind) in kinds {
        routes = routes
            .route(&format!("/catalog/ns/{name}"), post(move |s, c| namespaces::create(kind, s, c)))
            .route(
                &format!("/catalog/ns/{name}/{{nsId}}"),
                put(move |s, c| namespaces::update(kind, s, c)).delete(namespaces::delete),
            )
            .route(&format!("/catalog/{name}"), post(move |s, c| items::create(kind, s, c)))
            .route(
                &format!("/catalog/{name}/{{code}}"),
                put(move |s, c| items::update(kind, s, c)).delete(items::delete),
            );
    }
    routes.with_state(service)
}

/// A body that must not be empty, read as it is.
#[derive(Debug)]
pub(crate) struct Whole(pub(crate) Value);

impl Input for Whole {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        Ok(Self(incoming.body().clone()))
    }
}

/// An object that must not be empty; an array is refused.
pub(crate) fn object(incoming: &Incoming) -> Result<(), ApiError> {
    if incoming.is_empty() {
        return Err(Refusal::Empty.into());
    }
    if incoming.body().is_array() {
        return Err(Refusal::Array.into());
    }
    Ok(())
}
