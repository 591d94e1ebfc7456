//! How passwords are kept: a slow salted hash over the hash that clients send.

use std::sync::Arc;

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use platform::ApiError;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use crate::settings::PasswordStorage;

/// Each hash takes about 20 MB: no more than this many at a time.
const AT_ONCE: usize = 4;

/// Makes and verifies stored passwords.
#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    storage: PasswordStorage,
    slots: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new(storage: PasswordStorage) -> Self {
        Self { storage, slots: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// What is stored for the hash that a client sent.
    pub(crate) async fn stored(&self, received: &str) -> Result<String, ApiError> {
        if self.storage == PasswordStorage::Legacy {
            return Ok(received.to_owned());
        }
        let received = received.to_owned();
        self.slowly(move || Argon2::default().hash_password(received.as_bytes()).map(|hash| hash.to_string()))
            .await?
            .map_err(|error| ApiError::unexpected(format!("a password cannot be hashed: {error}")))
    }

    /// Whether a client sent the right hash. A missing one takes as long as a wrong one.
    pub(crate) async fn verify(&self, stored: Option<&str>, received: &str) -> Result<bool, ApiError> {
        let nobody = stored.is_none();
        let (stored, received) = (stored.unwrap_or(NOBODY).to_owned(), received.to_owned());
        let fits = self.slowly(move || verify(&stored, &received)).await?;
        Ok(fits && !nobody)
    }

    /// Whether a row holds an older form than the one in use.
    pub(crate) fn is_outdated(&self, stored: &str) -> bool {
        self.storage == PasswordStorage::Argon2id && !stored.starts_with("$argon2")
    }

    async fn slowly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(ApiError::unexpected)?;
        // The slot goes with the work, which does not stop when the caller goes away.
        let work = move || {
            let _slot = slot;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(ApiError::unexpected)
    }
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

    #[test]
    fn old_rows_are_verified_and_known_as_old() {
        assert!(verify("ab", "ab") && !verify("ab", "AB"));
        assert!(Passwords::new(PasswordStorage::Argon2id).is_outdated("ab"));
        assert!(!Passwords::new(PasswordStorage::Legacy).is_outdated("ab"));
    }
}
