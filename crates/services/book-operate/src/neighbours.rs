//! What it means to the caller when a neighbour does not help (spec: book-operate 4.0).

use contract::CallFailure;
use http::StatusCode;
use platform::ApiError;

use crate::refusal::Refusal;

/// 400 is the caller's mistake, with the neighbour's words; a failure there is ours; all else is not permitted.
pub(crate) fn standard(failure: CallFailure) -> ApiError {
    tracing::warn!(%failure, "a neighbour did not help");
    match failure.status() {
        Some(StatusCode::BAD_REQUEST) => match failure {
            CallFailure::Status { message: Some(message), .. } => ApiError::bad_request(message),
            _ => Refusal::NeighbourRefuses.into(),
        },
        Some(status) if !status.is_server_error() => Refusal::NeighbourForbids.into(),
        _ => Refusal::NeighbourFails.into(),
    }
}
