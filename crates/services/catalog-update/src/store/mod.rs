//! The applications and their approvals: entities and the queries on them.

pub(crate) mod actor_approval_manage;
pub(crate) mod actor_manage;
pub(crate) mod catalog_attempt;
pub(crate) mod data_operation_manage;
pub(crate) mod join_approval_manage;
pub(crate) mod join_manage;
pub(crate) mod join_service_manage;
pub(crate) mod platform_terms_of_use_manage;
pub(crate) mod region_approval_manage;
pub(crate) mod region_manage;
pub(crate) mod region_status_approval_manage;
pub(crate) mod region_status_manage;
pub(crate) mod region_terms_of_use_manage;
pub(crate) mod terms_of_use_draft;

mod announcement;
mod approvals;

pub(crate) use approvals::{Approvals, applying, status};
