//! The data of residents in an application block.
