//! The routes, one file a matter.

mod acquisition;
mod code;
mod code_verified;
mod collate;
mod url;
mod user;
mod verify;

use axum::{
    Json, Router,
    routing::{get, post, put},
};
use serde_json::{Map, Value};

use crate::Verifications;

pub(crate) fn routes(service: Verifications) -> Router {
    Router::new()
        .route("/identity-verificate/code", post(code::issue))
        .route("/identity-verificate/code/verified", post(code_verified::issue))
        .route("/identity-verificate/url", post(url::of_code))
        .route("/identity-verificate/url/issue", post(url::issue))
        .route("/identity-verificate/url/confirm", post(url::confirm))
        .route("/identity-verificate/verify/others/{identifyCode}", put(verify::set_result))
        .route(
            "/identity-verificate/acquisition/identification/{identifyCode}",
            get(acquisition::identification),
        )
        .route("/identity-verificate/collate", post(collate::collate))
        .route("/identity-verificate/ind/collate", post(collate::individual))
        .route("/identity-verificate/user/settings", post(user::set))
        .with_state(service)
}

/// `{}`: all went well, and there is nothing to say.
fn nothing() -> Json<Value> {
    Json(Value::Object(Map::new()))
}
