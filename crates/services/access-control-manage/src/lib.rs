//! The authorisation office of the platform, at the root.
