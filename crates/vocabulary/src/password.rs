//! The hash that clients make of a password before they send it (spec: operator 2.5).
//!
//! How the platform stores what it receives is the operator service's matter.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What all clients of a platform must know to hash a password. No secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientHash {
    pub salt: String,
    /// How many times the hash is taken.
    pub stretch: u32,
}

impl ClientHash {
    /// `password + salt`, then `stretch` times the lower-case hexadecimal SHA-256.
    #[must_use]
    pub fn of(&self, password: &str) -> String {
        let salted = format!("{password}{}", self.salt);
        (0..self.stretch).fold(salted, |text, _| hex::encode(Sha256::digest(text)))
    }
}

impl Default for ClientHash {
    fn default() -> Self {
        Self { salt: "PT4h6YUq".to_owned(), stretch: 5000 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_stretched_hexadecimal_sha256() {
        let once = ClientHash { salt: "b".into(), stretch: 1 };
        // SHA-256 of "ab"
        assert_eq!(once.of("a"), "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603");
        let twice = ClientHash { salt: "b".into(), stretch: 2 };
        assert_eq!(twice.of("a"), hex::encode(Sha256::digest(once.of("a"))));
    }
}
