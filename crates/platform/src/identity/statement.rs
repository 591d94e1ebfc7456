//! One statement: who hands which identity to whom, for which call, and when.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What is signed, with the name of the form in front, so that no other signature of the key can stand for it.
const FORM: &str = "pxr-identity 1\n";

/// A statement, as JSON within the header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Statement {
    /// The block that speaks, and the one it speaks to.
    pub(super) block: i64,
    pub(super) to: i64,
    /// Milliseconds since 1970.
    pub(super) at: i64,
    /// Digests of the `session` text, and of the call's method and path.
    pub(super) session: String,
    pub(super) call: String,
}

/// A statement is not written as statements are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a statement")]
pub(super) struct Malformed;

/// A statement with what proves it: `<statement>.<certificate>.<signature>`, each in base64url.
#[derive(Debug)]
pub(super) struct Signed {
    pub(super) statement: Statement,
    /// DER.
    pub(super) certificate: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) message: Vec<u8>,
}

impl Statement {
    /// The text to be signed, and its first two parts for the header.
    pub(super) fn message(&self, certificate: &[u8]) -> (Vec<u8>, String) {
        let statement = serde_json::to_vec(self).unwrap_or_default();
        let parts = format!("{}.{}", URL_SAFE_NO_PAD.encode(statement), URL_SAFE_NO_PAD.encode(certificate));
        (format!("{FORM}{parts}").into_bytes(), parts)
    }

    /// What a text states, whoever wrote it.
    pub(super) fn unproven(text: &str) -> Result<Self, Malformed> {
        let (statement, _) = text.trim().split_once('.').ok_or(Malformed)?;
        serde_json::from_slice(&decoded(statement)?).map_err(|_| Malformed)
    }
}

impl Signed {
    pub(super) fn read(text: &str) -> Result<Self, Malformed> {
        let text = text.trim();
        let (parts, signature) = text.rsplit_once('.').ok_or(Malformed)?;
        let (_, certificate) = parts.split_once('.').ok_or(Malformed)?;
        Ok(Self {
            statement: Statement::unproven(text)?,
            certificate: decoded(certificate)?,
            signature: decoded(signature)?,
            message: format!("{FORM}{parts}").into_bytes(),
        })
    }

    pub(super) fn written(parts: &str, signature: &[u8]) -> String {
        format!("{parts}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, Malformed> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Malformed)
}

pub(super) fn digest(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

/// The digest of a call, as both sides see it on the wire.
pub(super) fn call(method: &http::Method, path_and_query: &str) -> String {
    digest(&format!("{method} {path_and_query}"))
}
