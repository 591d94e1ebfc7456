//! The routes, one file a resource.

mod create;
mod csrf;
mod delete;
mod identify_code;
mod list;
mod login;
mod onetime;
mod own_profile;
mod password;
mod phone;
mod profile;
mod profile_search;
mod profiles;
mod read;
mod search;
mod sessions;
mod sso;
mod update;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
};
use http::{HeaderValue, header::SET_COOKIE};
use platform::{Routes, csrf::secret};
use serde::Serialize;

use crate::{Operators, cookies::set_cookies};

/// An answer that only says that all went well.
#[derive(Debug, Serialize)]
struct Done {
    result: &'static str,
}

impl Done {
    const OK: Self = Self { result: "ok" };
    const SUCCESS: Self = Self { result: "success" };
}

/// The routes without what is around them.
pub(crate) fn table() -> Routes<Operators> {
    logins().merge(exempt()).merge(guarded())
}

pub(crate) fn routes(service: Operators) -> Router {
    let logins = logins()
        .around(|router| router.route_layer(middleware::from_fn_with_state(service.clone(), issue_tokens)));
    let guarded = guarded()
        .around(|router| router.route_layer(middleware::from_fn_with_state(service.clone(), rotate_token)));
    logins.merge(exempt()).merge(guarded).with_state(service)
}

fn logins() -> Routes<Operators> {
    Routes::new()
        .post("/operator/login", login::members)
        .post("/operator/ind/login", login::individuals)
        .post("/operator/login/onetime", onetime::members)
        .post("/operator/ind/login/onetime", onetime::individuals)
        .post("/operator/login/sso", sso::members)
        .post("/operator/ind/login/sso", sso::individuals)
}

fn exempt() -> Routes<Operators> {
    Routes::new()
        .post("/operator/session", sessions::check)
        .get("/operator/csrf/token", csrf::token)
        .put("/operator/csrf/check", csrf::check)
}

fn guarded() -> Routes<Operators> {
    Routes::new()
        .get("/operator", search::search)
        .post("/operator", create::create)
        .post("/operator/list", list::list)
        .get("/operator/{operatorId}", read::one)
        .put("/operator/{operatorId}", update::update)
        .delete("/operator/{operatorId}", delete::delete)
        .put("/operator/cancelDelete/{operatorId}", delete::restore)
        .put("/operator/password/{operatorId}", password::reset)
        .post("/operator/ind/session", sessions::check_individual)
        .post("/operator/logout", sessions::logout)
        .post("/operator/ind/logout", sessions::logout_individual)
        .get("/operator/user/info", profile::read)
        .post("/operator/user/info", profile::write)
        .delete("/operator/user/info", profile::remove)
        .post("/operator/user/info/list", profiles::list)
        .post("/operator/user/info/search", profile_search::search)
        .get("/operator/ind/user/info", profile::read_own)
        .put("/operator/ind/user/info", own_profile::change)
        .post("/operator/ind/sms-verificate", phone::send)
        .post("/operator/ind/sms-verificate/verifiy", phone::verify)
        .post("/operator/identifyCode", identify_code::keep)
        .post("/operator/ind/identifyCode", identify_code::keep)
}

/// Every answer of a login route begins with fresh tokens, whether the login went well or not
/// (spec: operator 4.1).
async fn issue_tokens(State(service): State<Operators>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let own: Vec<_> = headers.get_all(SET_COOKIE).iter().cloned().collect();
    headers.remove(SET_COOKIE);
    headers.extend(set_cookies(&service.csrf_cookies()));
    headers.extend(own.into_iter().map(|cookie| (SET_COOKIE, cookie)));
    response
}

/// Gives a new token to every caller with a secret whose request went well; older ones stay valid.
async fn rotate_token(State(service): State<Operators>, request: Request, next: Next) -> Response {
    let secret = secret(request.headers()).map(str::to_owned);
    let mut response = next.run(request).await;
    if let Some(secret) = secret
        && response.status().is_success()
        && let Ok(cookie) = HeaderValue::from_str(&service.csrf_token_cookie(&secret))
    {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
