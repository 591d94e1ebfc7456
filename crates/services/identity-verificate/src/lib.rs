//! Codes that prove who a resident is when accounts are linked.
