//! How many may try the same login at once, and who waits for whom, whether or not there is such an operator.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;

use crate::{password::Lane, refusal::Refusal};

/// Nobody needs more at once; who guesses does not get to hash more before the account is locked.
const AT_ONCE: u32 = 8;
/// How many names are remembered, and for how long. Forgetting one only costs it its place in the queue.
const NAMES: u64 = 100_000;
const RIGHT: Duration = Duration::from_hours(7 * 24);
const WRONG: Duration = Duration::from_mins(30);

type Name = (i64, String);

/// The logins that are being tried, and how the last attempts of this process ended.
#[derive(Clone, Debug)]
pub(crate) struct Throttle {
    tried: Arc<Mutex<HashMap<Name, u32>>>,
    right: Cache<Name, ()>,
    wrong: Cache<Name, ()>,
}

/// An attempt that is under way, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    throttle: Throttle,
    name: Name,
    pub(crate) lane: Lane,
}

impl Default for Throttle {
    fn default() -> Self {
        let remembering = |time| Cache::builder().max_capacity(NAMES).time_to_live(time).build();
        Self { tried: Arc::default(), right: remembering(RIGHT), wrong: remembering(WRONG) }
    }
}

impl Throttle {
    pub(crate) fn enter(&self, kind: i64, login_id: &str) -> Result<Turn, Refusal> {
        let name = (kind, login_id.to_owned());
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        let count = tried.entry(name.clone()).or_default();
        if *count >= AT_ONCE {
            return Err(Refusal::Crowded);
        }
        *count += 1;
        let lane = if *count > 1 || self.wrong.contains_key(&name) {
            Lane::Suspect
        } else if self.right.contains_key(&name) {
            Lane::Trusted
        } else {
            Lane::Unknown
        };
        Ok(Turn { throttle: self.clone(), name, lane })
    }
}

impl Turn {
    /// Notes how the attempt ended.
    pub(crate) fn note(&self, right: bool) {
        let Throttle { right: rights, wrong: wrongs, .. } = &self.throttle;
        let (now, no_more) = if right { (rights, wrongs) } else { (wrongs, rights) };
        now.insert(self.name.clone(), ());
        no_more.invalidate(&self.name);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut tried = self.throttle.tried.lock().unwrap_or_else(PoisonError::into_inner);
        let left = tried.get_mut(&self.name).map_or(0, |count| {
            *count -= 1;
            *count
        });
        if left == 0 {
            tried.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Lane::{Suspect, Trusted, Unknown},
        *,
    };

    #[test]
    fn the_ninth_at_once_waits_until_one_has_ended_and_nothing_is_kept() {
        let throttle = Throttle::default();
        let mut turns: Vec<_> = (0..AT_ONCE).map(|_| throttle.enter(3, "a").unwrap()).collect();
        assert_eq!(throttle.enter(3, "a").unwrap_err(), Refusal::Crowded);
        assert!(throttle.enter(3, "b").is_ok() && throttle.enter(2, "a").is_ok());
        turns.pop();
        turns.push(throttle.enter(3, "a").unwrap());
        drop(turns);
        assert!(throttle.tried.lock().unwrap().is_empty());
    }

    #[test]
    fn whoever_was_right_goes_before_the_unknown_and_they_before_whoever_was_wrong() {
        let throttle = Throttle::default();
        let attempt = |right| {
            let turn = throttle.enter(3, "a").unwrap();
            turn.note(right);
            turn.lane
        };
        let lanes = [true, true, false, false, true, true].map(attempt);
        assert_eq!(lanes, [Unknown, Trusted, Trusted, Suspect, Suspect, Trusted]);
        let _first = throttle.enter(3, "b").unwrap();
        assert_eq!(throttle.enter(3, "b").unwrap().lane, Suspect);
    }
}
