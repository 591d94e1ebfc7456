//! The audit log: who decided what about whose data.

use vocabulary::Session;

/// Notes a decision that holds: its kind, the definition or application it is about, and whose data they are.
pub(crate) fn decided(what: &'static str, session: &Session, pxr_id: &str, about: i64) {
    tracing::info!(target: "audit", what, by = session.login_id, of = pxr_id, about);
}
