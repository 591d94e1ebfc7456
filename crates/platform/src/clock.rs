//! The clock of a process; tests stand it still and move it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use vocabulary::Instant;

/// Where every service gets the time from.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Milliseconds since 1970 at which the clock stands still.
    standing: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self { standing: None }
    }

    /// A clock that stands still until it is moved.
    #[must_use]
    pub fn standing_at(instant: Instant) -> Self {
        Self { standing: Some(Arc::new(AtomicI64::new(instant.utc().timestamp_millis()))) }
    }

    /// Moves a standing clock; the system's clock stays as it is.
    pub fn advance(&self, delta: TimeDelta) {
        if let Some(standing) = &self.standing {
            standing.fetch_add(delta.num_milliseconds(), Ordering::SeqCst);
        }
    }

    /// Waits. Beside a standing clock a moment is enough: nothing that depends on its time changes meanwhile, unless
    /// it is moved.
    pub async fn wait(&self, time: Duration) {
        const HASTE: u32 = 100;
        tokio::time::sleep(if self.standing.is_some() { time / HASTE } else { time }).await;
    }

    #[must_use]
    pub fn now(&self) -> Instant {
        let standing = self.standing.as_ref().map(|at| at.load(Ordering::SeqCst));
        #[expect(clippy::disallowed_methods, reason = "this is the one place")]
        Instant::new(standing.and_then(DateTime::from_timestamp_millis).unwrap_or_else(Utc::now))
    }
}
