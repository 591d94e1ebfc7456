//! Callers that this service admits by their rights over members (spec: operator 2.3).

use platform::{ApiError, Origin, Who};
use vocabulary::{OperatorType, RightsArea, Session};

use crate::{Operators, refusal::Refusal};

/// Whether an operator may do this to other operators.
pub(crate) fn may(session: &Session, action: &str) -> bool {
    session.operator_type == OperatorType::Member && session.may(RightsArea::Member, action)
}

macro_rules! member_who_may {
    ($(#[$doc:meta])* $who:ident, $action:literal) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $who(pub(crate) Session);

        impl Who for $who {
            fn admit(session: Option<Session>, _: &Origin) -> Result<Self, ApiError> {
                let session = session.ok_or(Refusal::NotLoggedIn)?;
                if may(&session, $action) { Ok(Self(session)) } else { Err(Refusal::NotPermitted.into()) }
            }
        }
    };
}

member_who_may!(
    /// A member who may add members.
    MayAdd,
    "add"
);
member_who_may!(
    /// A member who may change members.
    MayUpdate,
    "update"
);

/// A member who may add members; or nobody, for the very first member, from inside the block only.
#[derive(Debug)]
pub(crate) struct Registrar(pub(crate) Option<Session>);

impl Who for Registrar {
    fn admit(session: Option<Session>, origin: &Origin) -> Result<Self, ApiError> {
        if session.is_none() && origin.is_inside() {
            return Ok(Self(None));
        }
        MayAdd::admit(session, origin).map(|MayAdd(session)| Self(Some(session)))
    }
}

impl Operators {
    /// Whether a caller is that operator. Ids count within one block: somebody from another block is always
    /// somebody else.
    pub(crate) fn is_self(&self, session: &Session, id: i64) -> bool {
        let is_local = session.block.is_none_or(|block| block.value == self.ground.block.code.value);
        is_local && session.operator_id == id
    }
}
