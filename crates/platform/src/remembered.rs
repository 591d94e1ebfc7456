//! Answers from a store's rows that are kept until anything in that store changes.

use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    sync::{PoisonError, RwLock},
};

use crate::{Ground, Store, changes::Version};

/// What was read from a store, by what was asked. Nobody gets an answer that a finished change made wrong, whichever
/// process made it: on `SQLite` every commit is seen ([`Store::version`]). On PostgreSQL, where other replicas write,
/// nothing is kept. So it does not matter whether a block may keep what its neighbours said ([`Ground::caching`]).
///
/// What else an answer depends on, such as the time, its reader must judge anew.
#[derive(Debug)]
pub struct Remembered<K, V> {
    store: Store,
    room: usize,
    size: fn(&K, &V) -> usize,
    kept: RwLock<Kept<K, V>>,
}

#[derive(Debug)]
struct Kept<K, V> {
    /// Of all answers: with the first one of another version the others are forgotten.
    version: Option<Version>,
    answers: HashMap<K, V>,
    taken: usize,
}

/// What an answer takes besides its own size: its place.
const PLACE: usize = 128;

impl<K: Hash + Eq, V: Clone> Remembered<K, V> {
    /// `room`: how many bytes the answers may take in all. `size`: how many one of them takes, with what its key holds.
    pub fn new(ground: &Ground, room: usize, size: fn(&K, &V) -> usize) -> Self {
        Self::of(ground.store.clone(), room, size)
    }

    fn of(store: Store, room: usize, size: fn(&K, &V) -> usize) -> Self {
        let kept = Kept { version: None, answers: HashMap::new(), taken: 0 };
        Self { store, room, size, kept: RwLock::new(kept) }
    }

    /// The answer that is kept, or what `read` finds in the store. A failure is not kept.
    pub async fn or_read<Q, E>(&self, key: &Q, read: impl AsyncFnOnce() -> Result<V, E>) -> Result<V, E>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        // Told before anything is read: what changes meanwhile makes the answer old at once.
        let Some(version) = self.store.version() else { return read().await };
        if let Some(answer) = self.find(version, key) {
            return Ok(answer);
        }
        let answer = read().await?;
        self.keep(version, key.to_owned(), answer.clone());
        Ok(answer)
    }

    fn find<Q: Hash + Eq + ?Sized>(&self, version: Version, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        if kept.version == Some(version) { kept.answers.get(key).cloned() } else { None }
    }

    fn keep(&self, version: Version, key: K, answer: V) {
        let size = (self.size)(&key, &answer) + PLACE;
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.version != Some(version) || kept.taken + size > self.room {
            *kept = Kept { version: Some(version), answers: HashMap::new(), taken: 0 };
        }
        if size <= self.room && kept.answers.insert(key, answer).is_none() {
            kept.taken += size;
        }
    }
}

#[cfg(test)]
mod tests;
