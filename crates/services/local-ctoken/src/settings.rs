//! What an installation may change.

use serde::Deserialize;

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How long a store event that did not go through waits for its next attempt, in seconds.
    pub store_event_pause: i64,
    /// After how many days a store event that never went through is given up.
    pub store_event_days: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { store_event_pause: 30, store_event_days: 7 }
    }
}
