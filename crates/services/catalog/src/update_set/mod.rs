//! Update sets: change proposals with approval (spec: catalog 4.11).

mod apply;
mod check;
mod document;
mod references;
mod temporary;
mod view;

pub(crate) use apply::decide;
pub(crate) use check::{check_entries, check_shape};
pub(crate) use document::{Change, ChangeKind, Changes, Draft, Status};
pub(crate) use references::{check_approver, check_references, needs_approval};
pub(crate) use view::{full, short};
