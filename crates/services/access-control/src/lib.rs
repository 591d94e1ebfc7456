//! API tokens of one block.
