//! Callers that this service admits (spec: identity-verificate 4).

use platform::{ApiError, Member, Origin, Who};
use vocabulary::{RightsArea, Session};

use crate::refusal::Refusal;

/// A member who may open books.
#[derive(Debug)]
pub(crate) struct BookCreator(pub(crate) Session);

impl Who for BookCreator {
    const WHO: &'static str = "members who may open books";

    fn admit(session: Option<Session>, origin: &Origin) -> Result<Self, ApiError> {
        let Member(session) = Member::admit(session, origin)?;
        if session.may(RightsArea::Book, "create") {
            Ok(Self(session))
        } else {
            Err(Refusal::NotPermitted.into())
        }
    }
}
