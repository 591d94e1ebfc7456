//! The routes, one file or folder a matter.

mod actor;
mod data_operation;
mod decision;
mod join;
mod region;
mod store_event;
mod terms_of_use;
mod update_set;

use axum::{
    Router,
    routing::{get, post},
};
use platform::{ApiError, Incoming};

use crate::{CatalogUpdate, refusal::Refusal};

pub(crate) fn routes(service: CatalogUpdate) -> Router {
    Router::new()
        .route("/catalog-update/actor", get(actor::list).post(actor::apply))
        .route("/catalog-update/actor/remove", post(actor::remove))
        .route("/catalog-update/actor/accreditor", get(actor::accreditors))
        .route("/catalog-update/actor/approval", post(actor::decide))
        .route("/catalog-update/join", get(join::list).post(join::apply_to_join))
        .route("/catalog-update/join/remove", post(join::apply_to_leave))
        .route("/catalog-update/join/approval/{code}", post(join::decide))
        .route("/catalog-update/region", get(region::list).post(region::create))
        .route("/catalog-update/region/delete", post(region::delete))
        .route("/catalog-update/region/status", get(region::list_status))
        .route("/catalog-update/region/status/start", post(region::start))
        .route("/catalog-update/region/status/end", post(region::end))
        .route("/catalog-update/region/status/approval/{code}", post(region::decide))
        .route("/catalog-update/data-operation", get(data_operation::list).post(data_operation::define))
        .route(
            "/catalog-update/region-terms-of-use",
            post(terms_of_use::publish_for_region).put(terms_of_use::change_for_region),
        )
        .route(
            "/catalog-update/platform-terms-of-use",
            post(terms_of_use::publish_for_platform).put(terms_of_use::change_for_platform),
        )
        .route("/catalog-update/store-event", post(store_event::define).put(store_event::change))
        .route("/catalog-update/updateSet/request", post(update_set::request))
        .route("/catalog-update/updateSet/approval/{id}", post(update_set::decide))
        .with_state(service)
}

/// A body must be there and be one object.
fn check_object(incoming: &Incoming) -> Result<(), ApiError> {
    if incoming.is_empty() {
        return Err(Refusal::Empty.into());
    }
    if incoming.body().is_array() {
        return Err(Refusal::Array.into());
    }
    Ok(())
}
