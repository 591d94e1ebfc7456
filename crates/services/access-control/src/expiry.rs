//! When a token ends: three notations of the same time (spec: access-control 3.4).
//!
//! On the wire a reference root writes an instant nine hours late; the column holds Japanese wall-clock digits.

use chrono::{NaiveDateTime, TimeDelta};
use vocabulary::{Instant, TimeZone};

/// The reference writes instants that much too late.
const SHIFT: TimeDelta = TimeDelta::hours(9);

/// The real end of a token that was ordered with this text: never later than its life from now.
pub(crate) fn end(received: Instant, now: Instant, life: TimeDelta) -> Instant {
    let latest = now + life;
    let shifted = received - SHIFT;
    // A shifted text lies hours beyond any life; a true one does not.
    let end = if received > latest + TimeDelta::hours(1) { shifted } else { received };
    end.min(latest)
}

pub(crate) fn column(end: Instant) -> NaiveDateTime {
    TimeZone::TOKYO.wall_clock(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn true_and_shifted_texts_end_at_the_same_time() {
        let now = Instant::parse("2026-01-02T03:04:05.678+0900").unwrap();
        let life = TimeDelta::minutes(40);
        assert_eq!(end(now + life, now, life), now + life);
        assert_eq!(end(now + life + SHIFT, now, life), now + life);
        assert_eq!(end(now + TimeDelta::minutes(5), now, life), now + TimeDelta::minutes(5));
        assert_eq!(end(now + TimeDelta::days(9), now, life), now + life);
    }

    #[test]
    fn the_column_holds_japanese_digits() {
        let end = Instant::parse("2026-01-01T18:04:05.678Z").unwrap();
        assert_eq!(column(end).to_string(), "2026-01-02 03:04:05.678");
    }
}
