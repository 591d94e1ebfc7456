//! A body that must be an object with something in it.

use platform::{ApiError, Fields, Incoming};

use crate::refusal::Refusal;

/// The fields of a body; an empty one and an array are refused as such (spec: book-manage 4.0.5).
pub(crate) fn object(incoming: &Incoming) -> Result<Fields<'_>, ApiError> {
    if incoming.body().is_array() {
        return Err(Refusal::Array.into());
    }
    if incoming.is_empty() {
        return Err(Refusal::Empty.into());
    }
    Ok(incoming.fields())
}
