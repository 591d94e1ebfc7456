//! What a run did.

use crate::BatchName;

/// What one run of a batch did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchReport {
    pub batch: BatchName,
    /// How many residents, records or differences are done.
    pub done: u64,
    /// What waits for a later run, as it should.
    pub left: Vec<Unfinished>,
    /// What went wrong: somebody should look at it.
    pub failed: Vec<Unfinished>,
    /// What the numbers do not tell.
    pub note: Option<&'static str>,
}

/// Something a batch worked on and did not finish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// Names it without naming a person.
    pub what: String,
    pub why: String,
}

impl BatchReport {
    pub(crate) const fn new(batch: BatchName) -> Self {
        Self { batch, done: 0, left: Vec::new(), failed: Vec::new(), note: None }
    }

    /// Whether the run counts as a success; what is left for later is no failure.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.failed.is_empty()
    }
}
