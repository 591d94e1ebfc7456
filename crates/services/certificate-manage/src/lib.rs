//! The certificates that a block holds.
