//! Callers that this service admits by their rights over members (spec: operator 2.3).

use platform::{ApiError, Incoming, Origin, Who};
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
            const WHO: &'static str = concat!("members who may ", $action, " members");

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
member_who_may!(
    /// A member who may delete members.
    MayDelete,
    "delete"
);

/// A member who may delete or add members, on behalf of whom another service of the block calls (spec: operator D6).
#[derive(Debug)]
pub(crate) struct MayRestore(pub(crate) Session);

impl Who for MayRestore {
    const WHO: &'static str = "services of this block, for members who may delete or add members";

    fn admit(session: Option<Session>, origin: &Origin) -> Result<Self, ApiError> {
        let session = session.ok_or(Refusal::NotLoggedIn)?;
        let permitted = may(&session, "delete") || may(&session, "add");
        if permitted && origin.is_inside() { Ok(Self(session)) } else { Err(Refusal::NotPermitted.into()) }
    }
}

/// A member who may add members; or nobody, for the very first member, from inside the block only.
#[derive(Debug)]
pub(crate) struct Registrar(pub(crate) Option<Session>);

impl Who for Registrar {
    const WHO: &'static str = "members who may add members";

    fn admit(session: Option<Session>, origin: &Origin) -> Result<Self, ApiError> {
        if session.is_none() && origin.is_inside() {
            return Ok(Self(None));
        }
        MayAdd::admit(session, origin).map(|MayAdd(session)| Self(Some(session)))
    }
}

/// A caller who is known by a cookie must be known by the one of its own type (spec: operator 4.8 step 2, D3).
pub(crate) fn has_own_cookie(session: &Session, incoming: &Incoming) -> bool {
    incoming.header("session").is_some()
        || incoming.cookie(session.operator_type.cookie()) == Some(session.session_id.as_str())
}

/// Whether a caller asks for nobody but himself; PXR-IDs mean the same person in all blocks.
pub(crate) fn are_all_own(session: &Session, pxr_ids: &[String]) -> bool {
    pxr_ids.iter().all(|pxr_id| session.pxr_id.as_ref() == Some(pxr_id))
}

impl Operators {
    /// Whether a caller is that operator. Ids count within one block: somebody from another block is always
    /// somebody else.
    pub(crate) fn is_self(&self, session: &Session, id: i64) -> bool {
        self.is_of_this_block(session) && session.operator_id == id
    }

    /// The same by login id, which counts within a block and a type (spec: operator D22).
    pub(crate) fn is_named(&self, session: &Session, kind: OperatorType, login_id: &str) -> bool {
        self.is_of_this_block(session) && session.operator_type == kind && session.login_id == login_id
    }

    fn is_of_this_block(&self, session: &Session) -> bool {
        session.block.is_none_or(|block| block.value == self.ground.block.code.value)
    }
}
