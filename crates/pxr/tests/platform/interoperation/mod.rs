//! The other side is a block of the reference, played here byte for byte (spec: trust-layer 10).

mod as_callee;
mod as_caller;
mod as_root;
pub(crate) mod wire;
