//! Who may look after the files of a block (spec: binary-manage 6.5).

use platform::Institution;
use vocabulary::{Code, Session};

use crate::{Files, refusal::Refusal};

impl Files {
    /// Only the block's own people see and delete what others left there.
    pub(crate) fn own(&self, Institution(session): Institution) -> Result<Session, Refusal> {
        let own: Code = self.ground.block.code.value;
        let is_own = session.block.is_some_and(|block| block.value == own);
        if is_own { Ok(session) } else { Err(Refusal::NotPermitted) }
    }
}
