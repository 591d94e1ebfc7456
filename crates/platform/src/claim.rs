//! What only one request at a time may do, in all processes of a block. Whoever begins claims it: he writes the time
//! into a row, and anew as long as he is at it. The claim of a process that was killed falls silent and lapses, so
//! that the same request completes what was begun; who comes meanwhile waits for the outcome.

use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};
use sea_orm::{
    ConnectionTrait, DbErr, ExprTrait,
    sea_query::{Alias, Expr, Query},
};

use crate::{ApiError, Ground, Store};

/// How many seconds a claim stands that nobody renews.
const LAPSE: u32 = 10;

/// How often a claim is renewed: a slow disk or a missed turn does not end it.
const RENEWAL: Duration = Duration::from_secs(2);

/// How long to wait before looking again whether a claim has ended.
const PAUSE: Duration = Duration::from_millis(200);

/// A claim that was written into a row: the time in one of its columns, which tells it from everybody else's.
#[derive(Debug)]
pub struct Claim {
    table: &'static str,
    /// The column that names the row, and what it holds.
    key: (&'static str, i64),
    column: &'static str,
    since: NaiveDateTime,
}

impl Claim {
    #[must_use]
    pub const fn new(
        table: &'static str,
        key: (&'static str, i64),
        column: &'static str,
        since: NaiveDateTime,
    ) -> Self {
        Self { table, key, column, since }
    }

    /// The time that stands in the row as long as the claim is held.
    #[must_use]
    pub const fn since(&self) -> NaiveDateTime {
        self.since
    }

    /// Writes a newer time; false if the claim is somebody else's by now, or its row has gone on.
    async fn renew(&mut self, store: &Store, now: NaiveDateTime) -> Result<bool, DbErr> {
        let column = |name| Expr::col(Alias::new(name));
        let (key, value) = self.key;
        let mut update = Query::update();
        update
            .table(Alias::new(self.table))
            .value(Alias::new(self.column), now)
            .and_where(column(key).eq(value))
            .and_where(column(self.column).eq(self.since));
        let renewed = store.read().execute(&update).await?.rows_affected();
        self.since = now;
        Ok(renewed == 1)
    }
}

impl Ground {
    /// A claim whose time lies before this one, as columns hold it, has lapsed.
    #[must_use]
    pub fn lapsed(&self) -> NaiveDateTime {
        self.store.column(self.clock.now() - TimeDelta::seconds(LAPSE.into()))
    }

    /// Tries again, from the beginning, what is refused only because of another's claim.
    ///
    /// # Errors
    ///
    /// That of the attempt; a passing refusal when the other one is still at it after the time in which a claim lapses.
    pub async fn patiently<T, A: Future<Output = Result<T, ApiError>>>(
        &self,
        attempt: impl Fn() -> A,
    ) -> Result<T, ApiError> {
        let mut waited = Duration::ZERO;
        loop {
            match Box::pin(attempt()).await {
                Err(error) if error.is_passing() && waited <= Duration::from_secs(LAPSE.into()) => {
                    self.clock.wait(PAUSE).await;
                    waited += PAUSE;
                }
                outcome => return outcome,
            }
        }
    }

    /// Works as long as the claim is held; gives nothing if it was lost.
    pub async fn while_held<T>(&self, claim: &mut Claim, work: impl Future<Output = T>) -> Option<T> {
        let mut work = Box::pin(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Some(done),
                () = self.clock.wait(RENEWAL) => {}
            }
            let renewed = claim.renew(&self.store, self.store.column(self.clock.now()));
            // The work goes on meanwhile: it may be what the renewal waits for.
            let renewed = tokio::select! {
                biased;
                done = &mut work => return Some(done),
                renewed = renewed => renewed,
            };
            match renewed {
                Ok(true) => {}
                Ok(false) => return None,
                // Whoever cannot write now cannot lose the claim to somebody who could not either.
                Err(error) => tracing::warn!(?error, "a claim was not renewed"),
            }
        }
    }
}
