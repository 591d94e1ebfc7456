//! Binary files of residents, in chunks.
