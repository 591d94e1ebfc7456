//! Accounts of one block: operators, passwords, sessions, profiles.
