//! The rules of sharing.

pub(crate) mod conditions;
pub(crate) mod definition;
