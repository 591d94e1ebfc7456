//! The double-submit tokens that protect requests with cookies (spec: operator 4.1).
//!
//! Checking them is a property of the public listener; the operator service hands them out.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::HeaderMap;
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;
use vocabulary::random;

use crate::incoming::cookie;

/// The cookie with the secret.
pub const SECRET_COOKIE: &str = "_csrf";
/// The cookie that scripts read and send back as the header `x-xsrf-token`.
pub const TOKEN_COOKIE: &str = "XSRF-TOKEN";

const TOKEN_HEADERS: [&str; 4] = ["csrf-token", "xsrf-token", "x-csrf-token", "x-xsrf-token"];

/// A new secret: 18 random bytes.
#[must_use]
pub fn new_secret() -> String {
    random::base64url::<18>()
}

/// A new token for a secret: `salt-hash`. Older ones stay valid.
#[must_use]
pub fn new_token(secret: &str) -> String {
    token(&random::letters_and_digits(8), secret)
}

/// The secret that a request carries.
#[must_use]
pub fn secret(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, SECRET_COOKIE)
}

/// Whether a request proves that its page may read our cookies.
#[must_use]
pub fn holds(headers: &HeaderMap) -> bool {
    let presented =
        TOKEN_HEADERS.iter().find_map(|name| headers.get(*name)?.to_str().ok().filter(|t| !t.is_empty()));
    let (Some(presented), Some(secret)) = (presented, secret(headers)) else { return false };
    let Some((salt, _)) = presented.split_once('-') else { return false };
    token(salt, secret).as_bytes().ct_eq(presented.as_bytes()).into()
}

fn token(salt: &str, secret: &str) -> String {
    let hash = URL_SAFE_NO_PAD.encode(Sha1::digest(format!("{salt}-{secret}")));
    format!("{salt}-{hash}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(secret: &str, token: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", format!("{SECRET_COOKIE}={secret}; x=y").parse().unwrap());
        headers.insert("x-xsrf-token", token.parse().unwrap());
        headers
    }

    #[test]
    fn every_token_of_the_secret_holds_and_no_other() {
        let secret = new_secret();
        assert_eq!(secret.len(), 24);
        assert!(holds(&headers(&secret, &new_token(&secret))));
        assert!(holds(&headers(&secret, &new_token(&secret))));
        assert!(!holds(&headers(&secret, &new_token(&new_secret()))));
        assert!(!holds(&headers(&secret, "")));
        assert!(!holds(&headers("", &new_token(""))));
    }
}
