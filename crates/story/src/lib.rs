//! Runs a life of a platform step by step over HTTP, as its clients would.
//!
//! Two kinds of stories run on the same engine: the scenario of the specs ([`scenario`]) and the stories that this
//! project tells itself ([`Story::read`]), such as the one behind `pxr demo`. What a client cannot do —
//! writing configurations, starting blocks, running batches — is left to the [`Stage`].
//!
//! Every step done is written into a [`Journal`], so that after a kill the story goes on where it stopped.

mod client;
mod expect;
mod file;
mod journal;
mod model;
mod run;
pub mod scenario;
mod variables;

pub use client::{Client, ClientError, Ready};
pub use expect::{Mismatch, Reply};
pub use file::StoryFileError;
pub use journal::{Journal, JournalError};
pub use model::{Action, Capture, Check, Done, Expectation, Request, Rule, Select, Step, Story, Where};
pub use run::{Observer, Options, Outcome, Report, Stage, StageError, StoryError, run};
pub use variables::{Variables, VariablesError};

/// The story of A City, as `pxr demo` tells it.
pub fn a_city() -> Result<Story, StoryFileError> {
    Story::read(&[
        include_str!("../stories/a-city/1-construction.toml"),
        include_str!("../stories/a-city/2-certification.toml"),
        include_str!("../stories/a-city/3-catalogs.toml"),
        include_str!("../stories/a-city/4-service-start.toml"),
        include_str!("../stories/a-city/5-residents.toml"),
        include_str!("../stories/a-city/6-data.toml"),
    ])
}
