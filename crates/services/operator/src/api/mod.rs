//! The routes, one file a resource.

mod create;
mod csrf;
mod login;
mod onetime;
mod read;
mod sessions;
mod update;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
    routing::{get, post, put},
};
use http::{HeaderValue, header};
use platform::csrf::{TOKEN_COOKIE, new_token, secret};

use crate::Operators;

pub(crate) fn routes(service: Operators) -> Router {
    Router::new()
        .route("/operator", get(read::search).post(create::create))
        .route("/operator/{operatorId}", get(read::one).put(update::update))
        .route("/operator/login", post(login::members))
        .route("/operator/ind/login", post(login::individuals))
        .route("/operator/login/onetime", post(onetime::members))
        .route("/operator/ind/login/onetime", post(onetime::individuals))
        .route("/operator/session", post(sessions::check))
        .route("/operator/ind/session", post(sessions::check_individual))
        .route("/operator/logout", post(sessions::logout))
        .route("/operator/ind/logout", post(sessions::logout_individual))
        .route("/operator/csrf/token", get(csrf::token))
        .route("/operator/csrf/check", put(csrf::check))
        .layer(middleware::from_fn_with_state(service.clone(), rotate_token))
        .with_state(service)
}

/// Gives a new token to every caller with a secret whose request went well; older ones stay valid.
async fn rotate_token(State(service): State<Operators>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let own_cookies =
        path.contains("/login") || path.contains("/csrf/") || path.starts_with("/operator/session");
    let secret = secret(request.headers()).map(str::to_owned).filter(|_| !own_cookies);
    let mut response = next.run(request).await;
    if let Some(secret) = secret
        && response.status().is_success()
    {
        let cookie =
            format!("{TOKEN_COOKIE}={}; Path=/; SameSite=Lax{}", new_token(&secret), service.secure());
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}
