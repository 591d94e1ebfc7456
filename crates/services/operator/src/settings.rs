//! What an installation may change (spec: operator 5).

use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How long a session lasts, in minutes.
    pub session_minutes: i64,
    /// A session may be extended when less than this remains, in minutes.
    pub session_extension_minutes: i64,
    /// How long the session cookie lasts, in hours; the session's own end is what counts.
    pub session_cookie_hours: i64,
    /// Cookies only over HTTPS.
    pub secure_cookies: bool,
    pub password_storage: PasswordStorage,
    /// How long a one-time login code works when the global setting does not say, in minutes.
    pub login_code_minutes: i64,
}

/// How passwords lie in the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PasswordStorage {
    /// A salted slow hash over what clients send.
    #[default]
    Argon2id,
    /// What clients send, for a database that a reference block still uses.
    Legacy,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            session_minutes: 180,
            session_extension_minutes: 30,
            session_cookie_hours: 168,
            secure_cookies: false,
            password_storage: PasswordStorage::default(),
            login_code_minutes: 10,
        }
    }
}
