//! The tables of access control.

pub(crate) mod api_access_permission;
pub(crate) mod api_token;
