//! The routes, one file a resource.

mod create;
mod csrf;
mod delete;
mod identify_code;
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
    routing::{get, post, put},
};
use http::{HeaderValue, header::SET_COOKIE};
use platform::csrf::secret;
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

pub(crate) fn routes(service: Operators) -> Router {
    let logins = Router::new()
        .route("/operator/login", post(login::members))
        .route("/operator/ind/login", post(login::individuals))
        .route("/operator/login/onetime", post(onetime::members))
        .route("/operator/ind/login/onetime", post(onetime::individuals))
        .route("/operator/login/sso", post(sso::members))
        .route("/operator/ind/login/sso", post(sso::individuals))
        .route_layer(middleware::from_fn_with_state(service.clone(), issue_tokens));
    let exempt = Router::new()
        .route("/operator/session", post(sessions::check))
        .route("/operator/csrf/token", get(csrf::token))
        .route("/operator/csrf/check", put(csrf::check));
    let guarded = Router::new()
        .route("/operator", get(search::search).post(create::create))
        .route("/operator/{operatorId}", get(read::one).put(update::update).delete(delete::delete))
        .route("/operator/cancelDelete/{operatorId}", put(delete::restore))
        .route("/operator/password/{operatorId}", put(password::reset))
        .route("/operator/ind/session", post(sessions::check_individual))
        .route("/operator/logout", post(sessions::logout))
        .route("/operator/ind/logout", post(sessions::logout_individual))
        .route("/operator/user/info", get(profile::read).post(profile::write).delete(profile::remove))
        .route("/operator/user/info/list", post(profiles::list))
        .route("/operator/user/info/search", post(profile_search::search))
        .route("/operator/ind/user/info", get(profile::read_own).put(own_profile::change))
        .route("/operator/ind/sms-verificate", post(phone::send))
        .route("/operator/ind/sms-verificate/verifiy", post(phone::verify))
        .route("/operator/identifyCode", post(identify_code::keep))
        .route("/operator/ind/identifyCode", post(identify_code::keep))
        .route_layer(middleware::from_fn_with_state(service.clone(), rotate_token));
    logins.merge(exempt).merge(guarded).with_state(service)
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
