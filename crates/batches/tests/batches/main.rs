//! The batches against stand-in neighbours: what a run does, what it leaves, and that a run that was cut off
//! anywhere is completed by the next.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod book_delete;
mod cooperate_region;
mod create_user;
mod data_output;
mod end_of_use;
mod link_ctoken;
mod region_end;
mod reminders;
mod root;
mod scheduler;
mod stage;
mod who_runs;
