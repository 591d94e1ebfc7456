//! The tables of access-control-manage: a history that is only written.

pub(crate) mod caller_role;
pub(crate) mod token_access_history;
pub(crate) mod token_generation_history;
