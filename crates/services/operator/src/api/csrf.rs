//! The tokens against forged requests (spec: operator 4.1 to 4.3). The public listener checks them.

use axum::{Json, extract::State, http::HeaderMap};
use platform::{
    Anyone, ApiError, Call,
    csrf::{holds, secret},
};
use serde::Serialize;

use crate::{Operators, cookies::set_cookies, refusal::Refusal};

/// Nothing but the cookies counts.
#[derive(Debug, Serialize)]
pub(super) struct Done {}

/// Hands out a token, and a secret where there is none. **Anyone.**
pub(super) async fn token(
    State(service): State<Operators>,
    call: Call<Anyone>,
) -> Result<(HeaderMap, Json<Done>), ApiError> {
    let cookies = match secret(&call.incoming.headers) {
        Some(secret) => vec![service.csrf_token_cookie(secret)],
        None => service.csrf_cookies(),
    };
    Ok((set_cookies(&cookies), Json(Done {})))
}

/// Checks the token of a request that is handed on. **Anyone.**
pub(super) async fn check(
    State(service): State<Operators>,
    call: Call<Anyone>,
) -> Result<(HeaderMap, Json<Done>), ApiError> {
    let headers = &call.incoming.headers;
    let secret = secret(headers).filter(|_| holds(headers)).ok_or(Refusal::Csrf)?;
    Ok((set_cookies(&[service.csrf_token_cookie(secret)]), Json(Done {})))
}
