//! What an installation may change.

use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How long an approval request can be decided, in days.
    pub expiration_days: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { expiration_days: 7 }
    }
}
