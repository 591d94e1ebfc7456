//! The one place where identifiers, tokens and codes come from: the operating system's randomness.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use sha2::{Digest, Sha256};

const LETTERS_AND_DIGITS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// `N` random bytes.
///
/// # Panics
/// When the operating system gives no randomness: nothing safe can be done without.
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    let filled = getrandom::fill(&mut bytes);
    assert!(filled.is_ok(), "the operating system gives no random numbers: {filled:?}");
    bytes
}

/// A UUID, version 4.
#[must_use]
pub fn uuid() -> uuid::Uuid {
    uuid::Builder::from_random_bytes(bytes()).into_uuid()
}

/// 64 lower-case hexadecimal digits: session ids and API tokens.
#[must_use]
pub fn token() -> String {
    hex::encode(Sha256::digest(bytes::<32>()))
}

/// `N` random bytes as base64 for URLs, without padding.
#[must_use]
pub fn base64url<const N: usize>() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<N>())
}

/// An identification code: a UUID's text as base64, 48 letters and digits (spec: identity-verificate 2.5).
#[must_use]
pub fn identification_code() -> String {
    STANDARD.encode(uuid().to_string())
}

/// A text of letters and digits, each equally likely.
#[must_use]
pub fn letters_and_digits(length: usize) -> String {
    text(LETTERS_AND_DIGITS, length)
}

/// A text of decimal digits, each equally likely.
#[must_use]
pub fn digits(length: usize) -> String {
    text(b"0123456789", length)
}

/// Draws from an alphabet of at most 256 signs; numbers that would favour its first signs are drawn again.
fn text(alphabet: &[u8], length: usize) -> String {
    let fair = 256 - 256 % alphabet.len();
    std::iter::repeat_with(|| usize::from(bytes::<1>()[0]))
        .filter(|number| *number < fair)
        .map(|number| char::from(alphabet[number % alphabet.len()]))
        .take(length)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_the_asked_length_and_alphabet() {
        assert!(digits(6).bytes().all(|digit| digit.is_ascii_digit()));
        assert_eq!(letters_and_digits(12).len(), 12);
        assert_eq!(identification_code().len(), 48);
        assert!(identification_code().bytes().all(|sign| sign.is_ascii_alphanumeric()));
        assert_eq!(token().len(), 64);
        assert_ne!(token(), token());
    }

    /// The remainder of a byte by ten would be less than six in 60.9 of a hundred draws.
    #[test]
    fn every_digit_is_equally_likely() {
        let low = digits(1_000_000).bytes().filter(|digit| *digit < b'6').count();
        assert!((597_000..603_000).contains(&low), "{low}");
    }
}
