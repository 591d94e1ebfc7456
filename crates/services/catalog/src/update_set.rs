//! Update sets: change proposals with approval (spec: catalog 4.11).

mod apply;
mod check;
mod document;
mod references;

pub(crate) use apply::apply;
pub(crate) use check::{check_entries, check_shape};
pub(crate) use document::{ChangeKind, Draft, Status};
pub(crate) use references::{check_approver, check_references, needs_approval};
