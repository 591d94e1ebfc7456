//! What an installation may change.

use serde::Deserialize;

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The most entries that one answer lists.
    pub most_entries: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { most_entries: 1000 }
    }
}
