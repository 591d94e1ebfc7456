//! A random life of one person, and the naive model of what it permits.

pub(crate) mod model;
pub(crate) mod world;
