//! What an installation may change.

use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How long an approval request can be decided, in days.
    pub expiration_days: i64,
    /// What a path begins with that a decision may be posted to.
    pub callback_paths: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { expiration_days: 7, callback_paths: vec!["/catalog-update/".to_owned()] }
    }
}
