//! Reading what the many writers of the field send: numbers as numbers or as texts of digits.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;
use vocabulary::CodeVersion;

/// A code that must be there.
pub(crate) fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CodeVersion, D::Error> {
    code_or_none(deserializer)?.ok_or_else(|| D::Error::custom("a code is missing"))
}

/// `null` and `{"_value": null, "_ver": null}` both mean that there is none.
pub(crate) fn code_or_none<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<CodeVersion>, D::Error> {
    Ok(CodeVersion::read(&Value::deserialize(deserializer)?))
}

/// An integer that must be there.
pub(crate) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    number.ok_or_else(|| D::Error::custom("a number is missing"))
}
