//! Callers that may look after the files of a block (spec: binary-manage 6.5).

use platform::{AnyOperator, ApiError, Origin, Who};
use vocabulary::{Code, OperatorType, Session};

use crate::{Files, refusal::Refusal};

/// An application or a managing member; of which block is the handler's question.
#[derive(Debug)]
pub(crate) struct Organisation(Session);

impl Who for Organisation {
    fn admit(session: Option<Session>, origin: &Origin) -> Result<Self, ApiError> {
        let AnyOperator(session) = AnyOperator::admit(session, origin)?;
        match session.operator_type {
            OperatorType::Application | OperatorType::Member => Ok(Self(session)),
            OperatorType::Individual => Err(Refusal::NotPermitted.into()),
        }
    }
}

impl Files {
    /// Only the block's own people see and delete what others left there.
    pub(crate) fn own(&self, Organisation(session): Organisation) -> Result<Session, Refusal> {
        let own: Code = self.ground.block.code.value;
        let is_own = session.block.is_some_and(|block| block.value == own);
        if is_own { Ok(session) } else { Err(Refusal::NotPermitted) }
    }
}
