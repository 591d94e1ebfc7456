//! The platform's certificate authority, at the root.
