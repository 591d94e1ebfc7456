//! How much database work is done: by a store in all, and for the request that runs.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

tokio::task_local! {
    static CURRENT: Usage;
}

/// Statements, and the time that the database took for them and for the beginnings and ends of transactions.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    statements: AtomicU64,
    nanos: AtomicU64,
}

impl Usage {
    /// Notes work of this store, and of the request in whose task it was done.
    pub(crate) fn note(&self, statements: u64, took: Duration) {
        self.add(statements, took);
        let _no_request = CURRENT.try_with(|request| request.add(statements, took));
    }

    fn add(&self, statements: u64, took: Duration) {
        self.statements.fetch_add(statements, Ordering::Relaxed);
        self.nanos.fetch_add(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    pub(crate) fn took(&self) -> Duration {
        Duration::from_nanos(self.nanos.load(Ordering::Relaxed))
    }

    /// Does the work of a request. What it lets other tasks do is theirs.
    pub(crate) async fn of_request<F: Future>(work: F) -> F::Output {
        CURRENT.scope(Self::default(), work).await
    }

    /// Statements and time of the request that runs in this task.
    pub(crate) fn so_far() -> (u64, Duration) {
        CURRENT.try_with(|request| (request.statements(), request.took())).unwrap_or_default()
    }
}
