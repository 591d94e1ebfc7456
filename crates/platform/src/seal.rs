//! Encryption at rest: private keys of certificates must not lie in the database in clear text.

use aes_gcm::{Aes256Gcm, Key, KeyInit, Nonce, aead::Aead};
use base64::{Engine, engine::general_purpose::STANDARD};
use vocabulary::random;

const MARK: &str = "sealed:1:";
const NONCE: usize = 12;

/// A text cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("the seal key must be 64 hexadecimal digits")]
    Key,
    #[error("a sealed text cannot be opened: was it sealed with another key?")]
    Open,
    #[error("a text cannot be sealed")]
    Seal,
}

/// The block's own key for data at rest (AES-256-GCM).
#[derive(Clone)]
pub struct Seal(Aes256Gcm);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    /// `key`: 64 hexadecimal digits, as [`Seal::new_key`] makes them.
    pub fn new(key: &str) -> Result<Self, SealError> {
        let bytes: [u8; 32] =
            hex::decode(key.trim()).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(SealError::Key)?;
        Ok(Self(Aes256Gcm::new(&Key::<Aes256Gcm>::from(bytes))))
    }

    #[must_use]
    pub fn new_key() -> String {
        hex::encode(random::bytes::<32>())
    }

    pub fn seal(&self, text: &str) -> Result<String, SealError> {
        let nonce = random::bytes::<NONCE>();
        let sealed = self.0.encrypt(&Nonce::from(nonce), text.as_bytes()).map_err(|_| SealError::Seal)?;
        Ok(format!("{MARK}{}", STANDARD.encode([nonce.as_slice(), &sealed].concat())))
    }

    /// Opens a sealed text. A text that was never sealed, as in an adopted database, comes back as it is.
    pub fn open(&self, text: &str) -> Result<String, SealError> {
        let Some(sealed) = text.strip_prefix(MARK) else { return Ok(text.to_owned()) };
        let bytes = STANDARD.decode(sealed).map_err(|_| SealError::Open)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or(SealError::Open)?;
        let open = self.0.decrypt(&Nonce::from(*nonce), sealed).map_err(|_| SealError::Open)?;
        String::from_utf8(open).map_err(|_| SealError::Open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_text_opens_with_its_key_only() {
        let (ours, other) = (Seal::new(&Seal::new_key()).unwrap(), Seal::new(&Seal::new_key()).unwrap());
        let sealed = ours.seal("key").unwrap();
        assert!(!sealed.contains("key"));
        assert_eq!(ours.open(&sealed).unwrap(), "key");
        assert!(other.open(&sealed).is_err());
        assert_eq!(ours.open("clear").unwrap(), "clear");
    }
}
