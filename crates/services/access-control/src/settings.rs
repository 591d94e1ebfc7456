//! What an installation may change.

use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// A kept token must work for at least that long, in seconds.
    pub buffer_seconds: i64,
    /// How long a token works, in minutes, whatever its order says.
    pub life_minutes: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { buffer_seconds: 10, life_minutes: 40 }
    }
}
