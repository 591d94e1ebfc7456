//! Runs the batches of a block when their time comes.
//!
//! One after the other: a batch never overlaps with itself, and none whose time came during another one is missed.
//! A batch that is cut off because the process ends is completed by its next run.

use std::{collections::BTreeMap, time::Duration};

use platform::{Clock, Metrics};
use vocabulary::{Instant, TimeZone};

use crate::{BatchGround, BatchName, Settings, TimeTable, run};

/// How long the scheduler sleeps at most: the system's clock may be set.
const NAP: Duration = Duration::from_secs(30);

/// Runs the batches at their times, for ever.
pub async fn run_scheduled(
    ground: &BatchGround,
    settings: &Settings,
    (clock, zone): (&Clock, TimeZone),
    metrics: &Metrics,
) {
    let times = settings.times(ground.neighbourhood.block.kind);
    let mut agenda = Agenda::new(times, zone, clock.now());
    loop {
        while let Some(batch) = agenda.due(clock.now()) {
            let outcome = match run(batch, ground).await {
                Ok(report) if report.is_success() => "done",
                Ok(report) => {
                    tracing::warn!(%batch, failed = ?report.failed, "a batch did not do everything");
                    "unfinished"
                }
                Err(error) => {
                    tracing::error!(%batch, %error, "a batch was broken off; its next run tries again");
                    "broken_off"
                }
            };
            metrics.batch_ran(batch.as_str(), outcome);
            agenda.ran(batch, clock.now());
        }
        tokio::time::sleep(agenda.pause(clock.now()).min(NAP)).await;
    }
}

/// What happens next.
struct Agenda {
    times: Vec<(BatchName, TimeTable)>,
    zone: TimeZone,
    next: BTreeMap<BatchName, Instant>,
}

impl Agenda {
    fn new(times: Vec<(BatchName, TimeTable)>, zone: TimeZone, now: Instant) -> Self {
        let mut agenda = Self { times, zone, next: BTreeMap::new() };
        for (batch, _) in agenda.times.clone() {
            agenda.ran(batch, now);
        }
        agenda
    }

    /// The batch whose time came first.
    fn due(&self, now: Instant) -> Option<BatchName> {
        let due = self.next.iter().filter(|(_, next)| **next <= now);
        due.min_by_key(|(_, next)| **next).map(|(batch, _)| *batch)
    }

    /// A batch has run until now.
    fn ran(&mut self, batch: BatchName, now: Instant) {
        self.next.remove(&batch);
        let times = self.times.iter().find(|(other, _)| *other == batch);
        let next = times.and_then(|(_, times)| times.next(self.zone.wall_clock(now)));
        if let Some(next) = next {
            self.next.insert(batch, self.zone.instant(next));
        }
    }

    /// How long nothing happens.
    fn pause(&self, now: Instant) -> Duration {
        let next = self.next.values().min().map(|next| (next.utc() - now.utc()).to_std().unwrap_or_default());
        next.unwrap_or(NAP)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn agenda(now: Instant) -> Agenda {
        let times = [(BatchName::CreateUser, "10 * * * *"), (BatchName::LinkCtoken, "5 * * * *")];
        let times = times.map(|(batch, table)| (batch, table.parse().unwrap()));
        Agenda::new(times.into(), TimeZone::TOKYO, now)
    }

    #[test]
    fn batches_come_in_the_order_of_their_times_and_none_is_missed() {
        let now = Instant::parse("2026-11-26T22:00:00.000+0900").unwrap();
        let mut agenda = agenda(now);
        assert_eq!((agenda.due(now), agenda.pause(now)), (None, Duration::from_secs(300)));
        // The machine slept.
        let later = now + TimeDelta::minutes(30);
        assert_eq!(agenda.due(later), Some(BatchName::LinkCtoken));
        agenda.ran(BatchName::LinkCtoken, later);
        assert_eq!(agenda.due(later), Some(BatchName::CreateUser));
        agenda.ran(BatchName::CreateUser, later);
        assert_eq!((agenda.due(later), agenda.pause(later)), (None, Duration::from_secs(35 * 60)));
    }

    #[test]
    fn a_batch_that_takes_long_is_not_run_again_at_once() {
        let now = Instant::parse("2026-11-26T22:04:59.000+0900").unwrap();
        let mut agenda = agenda(now);
        agenda.ran(BatchName::LinkCtoken, now + TimeDelta::minutes(3));
        assert_eq!(agenda.due(now + TimeDelta::minutes(4)), None);
    }
}
