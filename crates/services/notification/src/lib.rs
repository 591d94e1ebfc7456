//! Notices and approval requests addressed to the operators of a block.
