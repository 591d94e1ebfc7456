//! The index of who holds what about whom, at the root.
