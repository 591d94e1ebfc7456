//! Callers that this service admits beside the platform's own kinds.

use platform::{ApiError, Origin, Who};
use vocabulary::{OperatorType, Session};

use crate::refusal::Refusal;

/// An application or a managing member: the provider's side, not a resident.
#[derive(Debug)]
pub(crate) struct Provider(pub(crate) Session);

impl Who for Provider {
    const WHO: &'static str = "members and applications";

    fn admit(session: Option<Session>, _: &Origin) -> Result<Self, ApiError> {
        let session = session.ok_or(Refusal::NotLoggedIn)?;
        match session.operator_type {
            OperatorType::Application | OperatorType::Member => Ok(Self(session)),
            OperatorType::Individual => Err(Refusal::NotPermitted.into()),
        }
    }
}
