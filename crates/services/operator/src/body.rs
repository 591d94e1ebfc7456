//! Bodies of requests.

use platform::{Fields, Incoming};

use crate::refusal::Refusal;

/// The fields of a body; clients that send several at once are told so (spec: operator 4.0).
pub(crate) fn object(incoming: &Incoming) -> Result<Fields<'_>, Refusal> {
    if incoming.body().is_array() { Err(Refusal::Array) } else { Ok(incoming.fields()) }
}
