//! The cookies that this service hands out (spec: operator 4.1, 4.14).

use axum::http::HeaderMap;
use chrono::TimeDelta;
use http::{HeaderValue, header::SET_COOKIE};
use platform::csrf::{SECRET_COOKIE, TOKEN_COOKIE, new_secret, new_token};
use vocabulary::{Instant, OperatorType};

use crate::Operators;

impl Operators {
    /// A fresh secret with its first token, as every login route hands them out.
    pub(crate) fn csrf_cookies(&self) -> Vec<String> {
        let secret = new_secret();
        vec![self.readable(SECRET_COOKIE, &secret), self.csrf_token_cookie(&secret)]
    }

    /// A new token of a secret; older ones stay valid.
    pub(crate) fn csrf_token_cookie(&self, secret: &str) -> String {
        self.readable(TOKEN_COOKIE, &new_token(secret))
    }

    /// Scripts of our pages read these.
    fn readable(&self, name: &str, value: &str) -> String {
        format!("{name}={value}; Path=/; SameSite=Lax{}", self.secure())
    }

    /// The cookie of a new session, and the removal of those of the other types.
    pub(crate) fn session_cookies(&self, session_id: &str, own: OperatorType) -> Vec<String> {
        let end = self.ground.clock.now() + TimeDelta::hours(self.settings.session_cookie_hours);
        let new = format!(
            "{}={session_id}; Path=/; Expires={}; HttpOnly; SameSite=Lax{}",
            own.cookie(),
            http_date(end),
            self.secure()
        );
        let others = OperatorType::ALL.into_iter().filter(|kind| *kind != own);
        std::iter::once(new).chain(others.map(|kind| self.removal(kind))).collect()
    }

    pub(crate) fn removal(&self, kind: OperatorType) -> String {
        let now = http_date(self.ground.clock.now());
        format!(
            "{}=; Max-Age=0; Path=/; Expires={now}; HttpOnly; SameSite=Lax{}",
            kind.cookie(),
            self.secure()
        )
    }

    fn secure(&self) -> &'static str {
        if self.settings.secure_cookies { "; Secure" } else { "" }
    }
}

fn http_date(instant: Instant) -> String {
    instant.utc().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// `Set-Cookie` headers.
pub(crate) fn set_cookies(cookies: &[String]) -> HeaderMap {
    let values = cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok());
    values.map(|value| (SET_COOKIE, value)).collect()
}
