//! What an installation may change.

use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How long the authority's own certificate is valid, in days.
    pub root_days: i64,
    /// How long certificates of blocks are valid, in days.
    pub days: i64,
    pub subject: SubjectSettings,
}

/// What all subjects have in common.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubjectSettings {
    pub country: String,
    pub state: String,
    pub locality: String,
    pub organization: String,
    /// The name of the authority itself.
    pub root_name: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { root_days: 3650, days: 825, subject: SubjectSettings::default() }
    }
}

impl Default for SubjectSettings {
    fn default() -> Self {
        let text = |text: &str| text.to_owned();
        Self {
            country: text("JP"),
            state: text("Tokyo"),
            locality: text("Minato-ku"),
            organization: text("PxR"),
            root_name: text("PxR Root CA"),
        }
    }
}
