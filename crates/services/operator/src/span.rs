//! Stretches of time as settings in the catalog write them.

pub(crate) use vocabulary::Span;
