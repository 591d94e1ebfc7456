//! The offices, each a route (spec: access-control-manage 4.1).

mod offices;
mod share;
mod store;
mod temporary;

use axum::{Router, routing::post};
use contract::access_control_manage::Office;

use crate::Offices;

pub(crate) fn routes(service: Offices) -> Router {
    let routes = Office::ALL.into_iter().fold(Router::new(), |routes, office| {
        let route = match office {
            Office::Store => post(store::judge),
            Office::ShareContinuous => post(share::judge),
            Office::ShareTemp => post(temporary::judge),
            by_rights => post(move |state, call| offices::judge(by_rights, state, call)),
        };
        routes.route(&format!("/access-control-manage/{}", office.path()), route)
    });
    routes.with_state(service)
}
