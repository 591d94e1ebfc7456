//! What only one request at a time may do, in all processes of a block. Whoever begins claims it: he writes the time
//! into a row, and anew as long as he is at it. The claim of a process that was killed falls silent and lapses, so
//! that the same request completes what was begun; who comes meanwhile waits for the outcome.

use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};

use crate::{ApiError, Ground};

/// How long a claim stands that nobody renews.
const LAPSE: TimeDelta = TimeDelta::seconds(10);

/// How often a claim is renewed: a slow disk or a missed turn does not end it.
const RENEWAL: Duration = Duration::from_secs(2);

/// How long to wait before looking again whether a claim has ended.
const PAUSE: Duration = Duration::from_millis(200);

/// How often to look: until a silent claim has lapsed.
const LOOKS: usize = 51;

/// A claim in a row of a service.
pub trait Claim: Send {
    /// Writes a newer time; false if the claim is somebody else's by now, or its row has gone on.
    fn renew(&mut self, now: NaiveDateTime) -> impl Future<Output = Result<bool, ApiError>> + Send;
}

impl Ground {
    /// A claim whose time lies before this one, as columns hold it, has lapsed.
    #[must_use]
    pub fn lapsed(&self) -> NaiveDateTime {
        self.store.column(self.clock.now() - LAPSE)
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
        for _ in 1..LOOKS {
            match Box::pin(attempt()).await {
                Err(error) if error.is_passing() => self.clock.wait(PAUSE).await,
                outcome => return outcome,
            }
        }
        Box::pin(attempt()).await
    }

    /// Works as long as the claim is held; gives nothing if it was lost.
    pub async fn while_held<T>(&self, claim: &mut impl Claim, work: impl Future<Output = T>) -> Option<T> {
        let mut work = Box::pin(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Some(done),
                () = self.clock.wait(RENEWAL) => {}
            }
            let renewed = claim.renew(self.store.column(self.clock.now()));
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
