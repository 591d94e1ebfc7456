//! Who may call: the first type argument of [`crate::Call`].

use vocabulary::{OperatorType, Session};

use crate::{ApiError, Origin};

/// A kind of caller that a handler admits. Forgetting it does not compile.
pub trait Who: Sized + Send {
    /// Whether an identity is looked for at all.
    const NEEDS_SESSION: bool = true;

    /// Who they are, for readers of the API's description.
    const WHO: &'static str;

    fn admit(session: Option<Session>, origin: &Origin) -> Result<Self, ApiError>;
}

/// No identity is asked for: login, public catalog, health.
#[derive(Debug, Clone, Copy)]
pub struct Anyone;

impl Who for Anyone {
    const NEEDS_SESSION: bool = false;
    const WHO: &'static str = "anyone";

    fn admit(_: Option<Session>, _: &Origin) -> Result<Self, ApiError> {
        Ok(Self)
    }
}

/// Any operator with a session.
#[derive(Debug, Clone)]
pub struct AnyOperator(pub Session);

impl Who for AnyOperator {
    const WHO: &'static str = "any operator";

    fn admit(session: Option<Session>, _: &Origin) -> Result<Self, ApiError> {
        session.map(Self).ok_or_else(not_logged_in)
    }
}

macro_rules! of_type {
    ($(#[$doc:meta])* $who:ident, $text:literal, $kind:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $who(pub Session);

        impl Who for $who {
            const WHO: &'static str = $text;

            fn admit(session: Option<Session>, _: &Origin) -> Result<Self, ApiError> {
                let session = session.ok_or_else(not_logged_in)?;
                if session.operator_type == $kind { Ok(Self(session)) } else { Err(not_permitted()) }
            }
        }
    };
}

of_type!(
    /// A resident.
    Individual,
    "residents",
    OperatorType::Individual
);
of_type!(
    /// An application of a provider.
    Application,
    "applications",
    OperatorType::Application
);
of_type!(
    /// A managing member.
    Member,
    "members",
    OperatorType::Member
);

/// An application or a managing member, not a resident.
#[derive(Debug, Clone)]
pub struct Institution(pub Session);

impl Who for Institution {
    const WHO: &'static str = "members and applications";

    fn admit(session: Option<Session>, _: &Origin) -> Result<Self, ApiError> {
        let session = session.ok_or_else(not_logged_in)?;
        match session.operator_type {
            OperatorType::Application | OperatorType::Member => Ok(Self(session)),
            OperatorType::Individual => Err(not_permitted()),
        }
    }
}

fn not_logged_in() -> ApiError {
    ApiError::unauthorized("ログインしていません").because("not_logged_in")
}

fn not_permitted() -> ApiError {
    ApiError::unauthorized("この操作を行う権限がありません").because("not_permitted")
}
