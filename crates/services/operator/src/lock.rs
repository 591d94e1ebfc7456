//! When an account is locked (spec: operator 2.4).

use vocabulary::Instant;

use crate::span::Span;

/// Failures within a time lead to a lock for that time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LockRule {
    /// That many failures in a row; 0 or less: never.
    pub(crate) count: i64,
    pub(crate) release: Span,
}

impl LockRule {
    /// Whether a lock that began then still holds.
    pub(crate) fn holds(&self, started: Instant, now: Instant) -> bool {
        self.release.after(started).is_none_or(|end| end >= now)
    }

    /// Whether these newest attempts, all within the time, are enough for a lock.
    pub(crate) fn is_reached(&self, newest: &[bool]) -> bool {
        usize::try_from(self.count).is_ok_and(|count| {
            count > 0 && newest.len() >= count && newest.iter().take(count).all(|right| !right)
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn only_failures_in_a_row_lock() {
        let rule = LockRule { count: 3, release: Span::Fixed(TimeDelta::minutes(30)) };
        assert!(rule.is_reached(&[false, false, false]));
        assert!(!rule.is_reached(&[false, false]));
        assert!(!rule.is_reached(&[false, true, false]));
        assert!(!LockRule { count: 0, ..rule }.is_reached(&[]));
    }

    #[test]
    fn a_lock_ends_after_its_time() {
        let rule = LockRule { count: 3, release: Span::Fixed(TimeDelta::minutes(30)) };
        let start = Instant::parse("2026-01-02T03:04:05.000+0900").unwrap();
        assert!(rule.holds(start, start + TimeDelta::minutes(30)));
        assert!(!rule.holds(start, start + TimeDelta::minutes(31)));
    }
}
