//! What it means to the caller when a neighbour does not help (spec: book-manage 4.0.4).

use std::fmt;

use contract::CallFailure;
use http::StatusCode;
use platform::ApiError;

use crate::refusal::Refusal;

/// A service that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Neighbour {
    Catalog,
    Operator,
    Verification,
    Ledger,
}

impl fmt::Display for Neighbour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Catalog => "カタログサービス",
            Self::Operator => "オペレーターサービス",
            Self::Verification => "本人確認サービス",
            Self::Ledger => "CToken台帳サービス",
        })
    }
}

/// An item of the catalog by its code or namespace (group CAT): 404 is the caller's mistake.
pub(crate) fn of_item(failure: CallFailure) -> ApiError {
    refusal(Neighbour::Catalog, &failure, StatusCode::NOT_FOUND).into()
}

/// Several items of the catalog, or its name (group CATL).
pub(crate) fn of_catalog(failure: CallFailure) -> ApiError {
    refusal(Neighbour::Catalog, &failure, StatusCode::UNAUTHORIZED).into()
}

/// The operator service (groups OP and OPU).
pub(crate) fn of_operator(failure: CallFailure) -> ApiError {
    refusal(Neighbour::Operator, &failure, StatusCode::UNAUTHORIZED).into()
}

/// Profiles that the operator service must have (group OPU): nothing at all is a failure of its own.
pub(crate) fn of_profiles(failure: CallFailure) -> ApiError {
    match failure.status() {
        Some(StatusCode::NO_CONTENT) => {
            Refusal::Neighbour(Neighbour::Operator, StatusCode::SERVICE_UNAVAILABLE).into()
        }
        _ => of_operator(failure),
    }
}

/// The identity verification (group IDV).
pub(crate) fn of_verification(failure: CallFailure) -> ApiError {
    // The text says whether a code expired or is unknown; the next service compares it (spec: 4.0.4 note 1).
    if let CallFailure::Status { status: StatusCode::BAD_REQUEST, message: Some(message), .. } = failure {
        return ApiError::bad_request(message);
    }
    refusal(Neighbour::Verification, &failure, StatusCode::UNAUTHORIZED).into()
}

/// The `CToken` ledger.
pub(crate) fn of_ledger(failure: CallFailure) -> ApiError {
    refusal(Neighbour::Ledger, &failure, StatusCode::UNAUTHORIZED).into()
}

fn refusal(neighbour: Neighbour, failure: &CallFailure, missing: StatusCode) -> Refusal {
    tracing::warn!(%failure, "a neighbour did not help");
    let status = match failure.status() {
        Some(StatusCode::BAD_REQUEST) => StatusCode::BAD_REQUEST,
        Some(StatusCode::NOT_FOUND) => missing,
        Some(status) if !status.is_server_error() => StatusCode::UNAUTHORIZED,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    Refusal::Neighbour(neighbour, status)
}
