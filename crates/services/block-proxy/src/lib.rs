//! The gate of a block: forward and reverse proxy of calls between blocks.
