//! The part of the index that an application block keeps and reports.
