//! How a call to a neighbour can end without what was asked for.

use http::StatusCode;
use platform::{Answer, ApiError, Reason, Unreachable};
use serde::de::DeserializeOwned;

/// A neighbour did not give what was asked for. Each service's spec says what that means to its own caller,
/// so the caller matches on it instead of letting it through.
#[derive(Debug, thiserror::Error)]
pub enum CallFailure {
    #[error("{service} answered {status}")]
    Status { service: &'static str, status: StatusCode, message: Option<String>, reasons: Vec<Reason> },
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    #[error("the answer of {service} cannot be read")]
    Unreadable { service: &'static str, source: serde_json::Error },
}

impl CallFailure {
    /// The status, when the neighbour answered at all.
    #[must_use]
    pub const fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// What the neighbour said about it.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Status { message, .. } => message.as_deref(),
            _ => None,
        }
    }

    /// The fields that the neighbour named.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::Status { reasons, .. } => reasons,
            _ => &[],
        }
    }

    /// Reads a 200; anything else is a failure with its status.
    pub fn read<T: DeserializeOwned>(service: &'static str, answer: &Answer) -> Result<T, Self> {
        Self::accepted(service, answer)?;
        serde_json::from_slice(&answer.body).map_err(|source| Self::Unreadable { service, source })
    }

    /// Reads a list; 204 says that there is nothing.
    pub fn read_all<T: DeserializeOwned>(service: &'static str, answer: &Answer) -> Result<Vec<T>, Self> {
        if answer.status == StatusCode::NO_CONTENT { Ok(Vec::new()) } else { Self::read(service, answer) }
    }

    /// A 200, whatever it holds; anything else is a failure with its status.
    pub fn accepted(service: &'static str, answer: &Answer) -> Result<(), Self> {
        if answer.status == StatusCode::OK {
            Ok(())
        } else {
            let (message, reasons) = (answer.message(), answer.reasons());
            Err(Self::Status { service, status: answer.status, message, reasons })
        }
    }
}

/// What remains when a service has no better word for it.
impl From<CallFailure> for ApiError {
    fn from(failure: CallFailure) -> Self {
        match failure {
            CallFailure::Unreachable(unreachable) => unreachable.into(),
            other => Self::unexpected(other),
        }
    }
}
