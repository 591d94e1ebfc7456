//! How broken fields are told (spec: identity-verificate 4.0).

use platform::{ApiError, Fields, Incoming};

use crate::refusal::Refusal;

/// The fields of a body that is neither empty nor a list.
pub(crate) fn object(incoming: &Incoming) -> Result<Fields<'_>, Refusal> {
    if incoming.body().is_array() {
        return Err(Refusal::Array);
    }
    if incoming.is_empty() { Err(Refusal::Empty) } else { Ok(incoming.fields()) }
}

/// One message that names the broken fields: only the routes of individuals list reasons.
pub(crate) fn in_one_message(error: ApiError) -> ApiError {
    match error {
        ApiError::Fields(reasons) => {
            let reasons: Vec<_> =
                reasons.iter().map(|reason| format!("{}: {}", reason.property, reason.message)).collect();
            ApiError::bad_request(reasons.join("、"))
        }
        other => other,
    }
}
