//! Callers that this service admits (spec: identity-verificate 4).

use platform::{AnyOperator, ApiError, Member, Origin, Who};
use vocabulary::{OperatorType, RightsArea, Session};

use crate::refusal::Refusal;

/// Somebody of an organisation: an application or a managing member.
#[derive(Debug)]
pub(crate) struct Organisation(pub(crate) Session);

impl Who for Organisation {
    fn admit(session: Option<Session>, origin: &Origin) -> Result<Self, ApiError> {
        let AnyOperator(session) = AnyOperator::admit(session, origin)?;
        match session.operator_type {
            OperatorType::Application | OperatorType::Member => Ok(Self(session)),
            OperatorType::Individual => Err(Refusal::NotPermitted.into()),
        }
    }
}

/// A member who may open books.
#[derive(Debug)]
pub(crate) struct BookCreator(pub(crate) Session);

impl Who for BookCreator {
    fn admit(session: Option<Session>, origin: &Origin) -> Result<Self, ApiError> {
        let Member(session) = Member::admit(session, origin)?;
        if session.may(RightsArea::Book, "create") {
            Ok(Self(session))
        } else {
            Err(Refusal::NotPermitted.into())
        }
    }
}
