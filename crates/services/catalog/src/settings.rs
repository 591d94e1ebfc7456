//! What an installation may change.

use serde::Deserialize;

/// Settings of the catalog (spec: catalog 5).
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Code ranges written at activation, when there are none.
    pub code_scope: Vec<CodeScope>,
}

/// A range of codes, both ends included.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeScope {
    /// model, `built_in` or ext.
    #[serde(rename = "type")]
    pub kind: String,
    pub start: i64,
    pub end: i64,
}

impl Default for Settings {
    fn default() -> Self {
        let scope = |kind: &str, start, end| CodeScope { kind: kind.to_owned(), start, end };
        Self {
            code_scope: vec![
                scope("model", 1, 10_000),
                scope("built_in", 10_001, 1_000_000),
                scope("ext", 1_000_001, 10_000_000),
            ],
        }
    }
}
