//! The tokens against forged requests (spec: operator 4.1 to 4.3). The public listener checks them.

use axum::{Json, extract::State, http::HeaderMap};
use platform::{
    Anyone, ApiError, Call,
    csrf::{SECRET_COOKIE, TOKEN_COOKIE, holds, new_secret, new_token, secret},
};
use serde_json::{Value, json};

use crate::{Operators, refusal::Refusal, sessions::set_cookies};

impl Operators {
    /// A fresh secret with its first token, as every login route hands them out.
    pub(super) fn csrf_cookies(&self) -> Vec<String> {
        let secret = new_secret();
        vec![self.cookie(SECRET_COOKIE, &secret), self.cookie(TOKEN_COOKIE, &new_token(&secret))]
    }

    fn cookie(&self, name: &str, value: &str) -> String {
        format!("{name}={value}; Path=/; SameSite=Lax{}", self.secure())
    }
}

/// Hands out a token, and a secret where there is none. **Anyone.**
pub(super) async fn token(
    State(service): State<Operators>,
    call: Call<Anyone>,
) -> Result<(HeaderMap, Json<Value>), ApiError> {
    let cookies = match secret(&call.incoming.headers) {
        Some(secret) => vec![service.cookie(TOKEN_COOKIE, &new_token(secret))],
        None => service.csrf_cookies(),
    };
    Ok((set_cookies(&cookies), Json(json!({}))))
}

/// Checks the token of a request that is handed on. **Anyone.**
pub(super) async fn check(
    State(service): State<Operators>,
    call: Call<Anyone>,
) -> Result<(HeaderMap, Json<Value>), ApiError> {
    let headers = &call.incoming.headers;
    let secret = secret(headers).filter(|_| holds(headers)).ok_or(Refusal::Csrf)?;
    Ok((set_cookies(&[service.cookie(TOKEN_COOKIE, &new_token(secret))]), Json(json!({}))))
}
