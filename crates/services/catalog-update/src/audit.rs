//! What changed who may do what, for whoever examines it later.

use std::fmt::Display;

use platform::Author;

pub(crate) fn audit(what: &'static str, author: &Author, about: impl Display, approved: bool) {
    tracing::info!(target: "audit", what, by = author.login_id, %about, approved);
}
