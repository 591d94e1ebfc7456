//! Where a run is in a list that changes while it is worked on.

use std::{collections::HashSet, hash::Hash};

/// A place in a list whose records leave it when they are done. The offset of the next page is the number of records
/// that stay.
#[derive(Debug)]
pub(crate) struct Place<K> {
    offset: u64,
    seen: HashSet<K>,
}

impl<K: Hash + Eq> Place<K> {
    pub(crate) fn first() -> Self {
        Self { offset: 0, seen: HashSet::new() }
    }

    pub(crate) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether a record is met for the first time. One that should have left the list, and has not, is passed over:
    /// no list can hold a run for ever.
    pub(crate) fn is_new(&mut self, key: K) -> bool {
        let is_new = self.seen.insert(key);
        if !is_new {
            self.offset += 1;
        }
        is_new
    }

    /// The record just met stays in the list.
    pub(crate) const fn stays(&mut self) {
        self.offset += 1;
    }

    /// Goes on from where the list was scanned up to. Some answers count from the beginning, some from the offset
    /// that was asked for; either way nothing is passed over.
    pub(crate) const fn scanned(&mut self, up_to: u64) {
        self.offset = if up_to > self.offset { up_to } else { self.offset + up_to };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_that_stay_are_passed_over() {
        let mut place = Place::first();
        assert!(place.is_new(1) && place.is_new(2));
        place.stays();
        assert_eq!(place.offset(), 1);
        // 1 should have gone.
        assert!(!place.is_new(1));
        assert_eq!(place.offset(), 2);
    }

    #[test]
    fn a_scan_goes_on_however_it_counts() {
        let mut from_the_beginning = Place::<u8>::first();
        let mut from_the_offset = Place::<u8>::first();
        for (absolute, relative) in [(10, 10), (20, 10)] {
            from_the_beginning.scanned(absolute);
            from_the_offset.scanned(relative);
        }
        assert_eq!((from_the_beginning.offset(), from_the_offset.offset()), (20, 20));
    }
}
