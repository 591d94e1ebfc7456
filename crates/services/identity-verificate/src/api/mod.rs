//! The routes, one file a matter.

mod acquisition;
mod code;
mod code_verified;
mod collate;
mod url;
mod user;
mod verify;

use axum::Json;
use platform::Routes;
use serde_json::{Map, Value};

use crate::Verifications;

pub(crate) fn routes() -> Routes<Verifications> {
    Routes::new()
        .post("/identity-verificate/code", code::issue)
        .post("/identity-verificate/code/verified", code_verified::issue)
        .post("/identity-verificate/url", url::of_code)
        .post("/identity-verificate/url/issue", url::issue)
        .post("/identity-verificate/url/confirm", url::confirm)
        .put("/identity-verificate/verify/others/{identifyCode}", verify::set_result)
        .get("/identity-verificate/acquisition/identification/{identifyCode}", acquisition::identification)
        .post("/identity-verificate/collate", collate::collate)
        .post("/identity-verificate/ind/collate", collate::individual)
        .post("/identity-verificate/user/settings", user::set)
}

/// `{}`: all went well, and there is nothing to say.
fn nothing() -> Json<Value> {
    Json(Value::Object(Map::new()))
}
