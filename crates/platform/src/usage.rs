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
    /// Writing transactions that are open.
    open: AtomicU64,
}

/// That a writing transaction is open, for as long as it is.
#[derive(Debug)]
pub(crate) struct Open(());

impl Open {
    pub(crate) fn begin() -> Self {
        let _no_request = CURRENT.try_with(|request| request.open.fetch_add(1, Ordering::Relaxed));
        Self(())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let _no_request = CURRENT.try_with(|request| request.open.fetch_sub(1, Ordering::Relaxed));
    }
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

    /// Whether the request that runs in this task may call others: whoever holds a writing transaction lets all wait who
    /// want to write, perhaps the one that is called, too. Every test of a service that calls another one asks this.
    pub(crate) fn may_call() -> bool {
        CURRENT.try_with(|request| request.open.load(Ordering::Relaxed) == 0).unwrap_or(true)
    }

    /// Statements and time of the request that runs in this task.
    pub(crate) fn so_far() -> (u64, Duration) {
        CURRENT.try_with(|request| (request.statements(), request.took())).unwrap_or_default()
    }
}
