//! The routes, one file or folder a matter.

mod actor;
mod data_operation;
mod decision;
mod join;
mod region;
mod store_event;
mod terms_of_use;
mod update_set;

use platform::{ApiError, Incoming, Routes};

use crate::{CatalogUpdate, refusal::Refusal};

pub(crate) fn routes() -> Routes<CatalogUpdate> {
    Routes::new()
        .get("/catalog-update/actor", actor::list)
        .post("/catalog-update/actor", actor::apply)
        .post("/catalog-update/actor/remove", actor::remove)
        .get("/catalog-update/actor/accreditor", actor::accreditors)
        .post("/catalog-update/actor/approval", actor::decide)
        .get("/catalog-update/join", join::list)
        .post("/catalog-update/join", join::apply_to_join)
        .post("/catalog-update/join/remove", join::apply_to_leave)
        .post("/catalog-update/join/approval/{code}", join::decide)
        .get("/catalog-update/region", region::list)
        .post("/catalog-update/region", region::create)
        .post("/catalog-update/region/delete", region::delete)
        .get("/catalog-update/region/status", region::list_status)
        .post("/catalog-update/region/status/start", region::start)
        .post("/catalog-update/region/status/end", region::end)
        .post("/catalog-update/region/status/approval/{code}", region::decide)
        .get("/catalog-update/data-operation", data_operation::list)
        .post("/catalog-update/data-operation", data_operation::define)
        .get("/catalog-update/region-terms-of-use", terms_of_use::of_region)
        .post("/catalog-update/region-terms-of-use", terms_of_use::publish_for_region)
        .put("/catalog-update/region-terms-of-use", terms_of_use::change_for_region)
        .get("/catalog-update/platform-terms-of-use", terms_of_use::of_platform)
        .post("/catalog-update/platform-terms-of-use", terms_of_use::publish_for_platform)
        .put("/catalog-update/platform-terms-of-use", terms_of_use::change_for_platform)
        .post("/catalog-update/store-event", store_event::define)
        .put("/catalog-update/store-event", store_event::change)
        .post("/catalog-update/updateSet/request", update_set::request)
        .post("/catalog-update/updateSet/approval/{id}", update_set::decide)
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
