//! What an installation may change.

use serde::Deserialize;

/// Settings of the catalog (spec: catalog 5).
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Code ranges written at activation, when there are none.
    pub code_scope: Vec<CodeScope>,
    /// Items that anybody may see without logging in.
    pub public_codes: Vec<i64>,
    /// Namespaces whose items anybody may see; `{ext_name}` is the catalog's own, `%` stands for anything.
    pub public_namespaces: Vec<String>,
    /// How many items a search by words answers at most: the best ones.
    pub search_hits: usize,
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
            public_codes: vec![
                30001, 30007, 30009, 30019, 30020, 30021, 30035, 30036, 30037, 30038, 1000371, 1000372,
                1000373,
            ],
            public_namespaces: PUBLIC_NAMESPACES
                .iter()
                .map(|below| format!("catalog/ext/{{ext_name}}/{below}"))
                .collect(),
            search_hits: 1000,
        }
    }
}

const PUBLIC_NAMESPACES: [&str; 9] = [
    "category/service",
    "setting/global",
    "actor/pxr-root",
    "actor/region-root",
    "actor/app",
    "actor/region-root/actor_%/region",
    "actor/app/actor_%/application",
    "terms-of-use/platform",
    "terms-of-use/region/actor_%",
];
