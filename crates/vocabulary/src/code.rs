//! Codes: how the catalog names things.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of a catalog item, e.g. `1000431` for the root actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(pub i64);

/// The version of a catalog item; the first one is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub i64);

/// A catalog item at one version: `{"_value": 1000431, "_ver": 1}` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CodeVersion {
    #[serde(rename = "_value")]
    pub value: Code,
    #[serde(rename = "_ver")]
    pub ver: Version,
}

impl CodeVersion {
    #[must_use]
    pub const fn new(value: i64, ver: i64) -> Self {
        Self { value: Code(value), ver: Version(ver) }
    }

    /// Reads `{"_value", "_ver"}` whose parts are numbers or numeric texts; a null or absent part is `None`.
    #[must_use]
    pub fn read(value: &serde_json::Value) -> Option<Self> {
        let part = |key| integer(value.get(key)?);
        Some(Self { value: Code(part("_value")?), ver: Version(part("_ver")?) })
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An integer given as a JSON number or as a text of digits, as integrators' programs send it.
pub(crate) fn integer(value: &serde_json::Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}
