//! The offices, each a route (spec: access-control-manage 4.1).

mod offices;

use axum::{Router, routing::post};
use contract::access_control_manage::Office;

use crate::Offices;

/// Offices that judge by rights; those that judge by consents are still to come.
const OPEN: [Office; 8] = [
    Office::Block,
    Office::Operator,
    Office::Book,
    Office::AppWfUser,
    Office::Actor,
    Office::Join,
    Office::Catalog,
    Office::Setting,
];

pub(crate) fn routes(service: Offices) -> Router {
    OPEN.into_iter()
        .fold(Router::new(), |routes, office| {
            let path = format!("/access-control-manage/{}", office.path());
            routes.route(&path, post(move |state, call| offices::judge(office, state, call)))
        })
        .with_state(service)
}
