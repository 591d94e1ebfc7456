//! How passwords are kept: a slow salted hash over the hash that clients send.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant as Stopwatch},
};

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use platform::ApiError;
use subtle::ConstantTimeEq;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};

use crate::{refusal::Refusal, settings::PasswordStorage};

/// Each hash takes about 20 MB: no more than this many at a time. Of them, those whose owner has not been heard of may
/// have two, and those who were wrong lately one: a right login must not wait because somebody tries thousands.
const AT_ONCE: usize = 4;
const UNKNOWN: usize = 2;
const SUSPECT: usize = 1;
/// That many may wait in each lane, for that long. Whoever comes then is told to come back.
const WAITING: usize = 60;
const PATIENCE: Duration = Duration::from_millis(1500);

/// Whom a hash is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Somebody who is logged in, or whose last attempt was right.
    Trusted,
    Unknown,
    /// Somebody whose last attempt was wrong, or who tries several times at once.
    Suspect,
}

/// Makes and verifies stored passwords.
#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    storage: PasswordStorage,
    queue: Arc<Queue>,
}

/// Who hashes now, and who waits for it.
#[derive(Debug)]
struct Queue {
    slots: Arc<Semaphore>,
    /// How many of each lane may wait or hash.
    places: [Arc<Semaphore>; 3],
    /// How many of each lane may hash.
    shares: [Arc<Semaphore>; 3],
    /// For logins that can only be wrong.
    decoy: Arc<Semaphore>,
    /// What a verification took lately, in microseconds.
    usual: AtomicU64,
}

/// A turn in a lane.
#[derive(Clone, Debug)]
pub(crate) struct Turn(
    #[expect(dead_code, reason = "it is held, not looked at")] Arc<[OwnedSemaphorePermit; 2]>,
);

impl Passwords {
    pub(crate) fn new(storage: PasswordStorage) -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        let shares = [AT_ONCE, UNKNOWN, SUSPECT];
        let queue = Queue {
            slots: semaphore(AT_ONCE),
            places: shares.map(|share| semaphore(share + WAITING)),
            shares: shares.map(semaphore),
            decoy: semaphore(1),
            usual: AtomicU64::new(20_000),
        };
        Self { storage, queue: Arc::new(queue) }
    }

    /// What is stored for the hash that a client sent.
    pub(crate) async fn stored(&self, received: &str) -> Result<String, ApiError> {
        if self.storage == PasswordStorage::Legacy {
            return Ok(received.to_owned());
        }
        let received = received.to_owned();
        let turn = self.enter(Lane::Trusted).await?;
        self.slowly(&turn, move || {
            Argon2::default().hash_password(received.as_bytes()).map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| ApiError::unexpected(format!("a password cannot be hashed: {error}")))
    }

    /// Whether a client sent the right hash. A missing one takes about as long as a wrong one.
    pub(crate) async fn verify(&self, stored: Option<&str>, received: &str) -> Result<bool, ApiError> {
        match stored {
            Some(stored) => self.verify_in(&self.enter(Lane::Trusted).await?, stored, received).await,
            None => self.pretend(received).await,
        }
    }

    /// The same, for whoever has a turn in a lane already.
    pub(crate) async fn verify_in(
        &self,
        turn: &Turn,
        stored: &str,
        received: &str,
    ) -> Result<bool, ApiError> {
        let (stored, received, stopwatch) = (stored.to_owned(), received.to_owned(), Stopwatch::now());
        let fits = self.slowly(turn, move || verify(&stored, &received)).await?;
        let micros = stopwatch.elapsed().as_micros().try_into().unwrap_or(u64::MAX);
        self.queue.usual.store(micros, Ordering::Relaxed);
        Ok(fits)
    }

    /// Hashes for nobody while there is room for it; else only lets the time pass, so that guesses at names that
    /// do not exist keep nobody waiting who does.
    async fn pretend(&self, received: &str) -> Result<bool, ApiError> {
        let Ok(_only_one) = Arc::clone(&self.queue.decoy).try_acquire_owned() else {
            self.pause().await;
            return Ok(false);
        };
        match Arc::clone(&self.queue.slots).try_acquire_owned() {
            Ok(slot) => {
                let received = received.to_owned();
                let _wrong = apart(slot, move || verify(NOBODY, &received)).await?;
            }
            Err(_) => self.pause().await,
        }
        Ok(false)
    }

    /// Lets the time of a verification pass.
    pub(crate) async fn pause(&self) {
        sleep(Duration::from_micros(self.queue.usual.load(Ordering::Relaxed)).min(PATIENCE)).await;
    }

    /// Whether a row holds an older form than the one in use.
    pub(crate) fn is_outdated(&self, stored: &str) -> bool {
        self.storage == PasswordStorage::Argon2id && !stored.starts_with("$argon2")
    }

    /// Waits for a turn: in each lane, first come, first served. It is held until all that follows from an attempt is
    /// written down, so that the database is no second queue, without lanes.
    pub(crate) async fn enter(&self, lane: Lane) -> Result<Turn, ApiError> {
        let place = Arc::clone(&self.queue.places[lane as usize]).try_acquire_owned();
        let place = place.map_err(|_| Refusal::Busy)?;
        let share = timeout(PATIENCE, Arc::clone(&self.queue.shares[lane as usize]).acquire_owned()).await;
        let share = share.map_err(|_| Refusal::Busy)?.map_err(ApiError::unexpected)?;
        Ok(Turn(Arc::new([place, share])))
    }

    async fn slowly<T: Send + 'static>(
        &self,
        turn: &Turn,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let slot = Arc::clone(&self.queue.slots).acquire_owned().await.map_err(ApiError::unexpected)?;
        apart((slot, turn.clone()), work).await
    }
}

/// Works on a thread of its own. The turn goes with the work, which does not stop when the caller goes away.
async fn apart<T: Send + 'static>(
    turn: impl Send + 'static,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let work = move || {
        let _turn = turn;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(ApiError::unexpected)
}

/// A hash that no password has, so that an unknown login takes its time, too.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Whether what a client sent belongs to what is stored, in whichever form.
#[must_use]
pub fn verify(stored: &str, received: &str) -> bool {
    if stored.starts_with("$argon2") {
        let Ok(hash) = PasswordHash::new(stored) else { return false };
        return Argon2::default().verify_password(received.as_bytes(), &hash).is_ok();
    }
    stored.as_bytes().ct_eq(received.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stored_password_is_salted_and_verified() {
        let passwords = Passwords::new(PasswordStorage::Argon2id);
        let (one, two) = (passwords.stored("ab").await.unwrap(), passwords.stored("ab").await.unwrap());
        assert_ne!(one, two);
        assert!(verify(&one, "ab") && verify(&two, "ab") && !verify(&one, "aB"));
        assert!(!passwords.verify(None, "ab").await.unwrap());
    }

    #[tokio::test]
    async fn each_lane_is_bounded_and_none_is_stopped_by_another() {
        let passwords = Passwords::new(PasswordStorage::Argon2id);
        let stored = passwords.stored("ab").await.unwrap();
        let verify = async |lane| match passwords.enter(lane).await {
            Ok(turn) => Ok(passwords.verify_in(&turn, &stored, "ab").await.unwrap()),
            Err(error) => Err(error.status().as_u16()),
        };
        let places = Arc::clone(&passwords.queue.places[Lane::Suspect as usize]);
        let all = places.acquire_many_owned(u32::try_from(SUSPECT + WAITING).unwrap()).await.unwrap();
        assert_eq!(verify(Lane::Suspect).await, Err(503));
        assert_eq!(verify(Lane::Unknown).await, Ok(true));
        drop(all);
        // There is a place, but nobody comes to an end.
        let share = Arc::clone(&passwords.queue.shares[Lane::Unknown as usize]);
        let share = share.acquire_many_owned(u32::try_from(UNKNOWN).unwrap()).await.unwrap();
        assert_eq!(verify(Lane::Unknown).await, Err(503));
        assert_eq!((verify(Lane::Suspect).await, verify(Lane::Trusted).await), (Ok(true), Ok(true)));
        drop(share);
        assert_eq!(verify(Lane::Unknown).await, Ok(true));
        // Guesses at nobody take none of all this.
        let _slots = Arc::clone(&passwords.queue.slots).acquire_many_owned(4).await.unwrap();
        assert!(!passwords.verify(None, "ab").await.unwrap());
    }

    #[test]
    fn old_rows_are_verified_and_known_as_old() {
        assert!(verify("ab", "ab") && !verify("ab", "AB"));
        assert!(Passwords::new(PasswordStorage::Argon2id).is_outdated("ab"));
        assert!(!Passwords::new(PasswordStorage::Legacy).is_outdated("ab"));
    }
}
