//! Verifying: whose word an identity is, and whether it holds here and now.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
    time::Duration,
};

use chrono::TimeDelta;
use http::Method;
use rustls::{
    RootCertStore, SignatureScheme,
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime, alg_id, pem::PemObject};
use vocabulary::{Code, Instant, Session};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{
    MOST,
    statement::{Signed, Statement, call, digest},
};
use crate::{
    Peer,
    listen::{TlsError, peer},
};

/// How long a statement holds for the call it was made for, and how far clocks may differ.
const LIFE: TimeDelta = TimeDelta::seconds(60);
const SKEW: TimeDelta = TimeDelta::seconds(30);

/// How long ago an earlier block may have spoken: what it asked for may take its time.
const EARLIER: TimeDelta = TimeDelta::minutes(5);

/// Certificates that are remembered as good.
const REMEMBERED: usize = 1_000;

/// Why an identity is not believed; for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    #[error("it is not signed")]
    Unsigned,
    #[error("its signature cannot be read")]
    Malformed,
    #[error("a certificate is not of the platform's authority, or out of its time")]
    Certificate,
    #[error("a signature is wrong")]
    Signature,
    #[error("it is another identity that was signed")]
    OtherIdentity,
    #[error("it was signed by another block than the one that speaks")]
    OtherSpeaker,
    #[error("it was signed for another block")]
    OtherCallee,
    #[error("it was signed for another call")]
    OtherCall,
    #[error("it was signed too long ago, or in the future")]
    Time,
    #[error("the operator's own block did not sign it")]
    OtherOrigin,
}

/// A request with an identity, as it was received.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    pub session: &'a Session,
    /// The block at the other end, and this one.
    pub from: Code,
    pub to: Code,
    pub method: &'a Method,
    pub path_and_query: &'a str,
    pub at: Instant,
}

/// Checks what other blocks sign.
#[derive(Clone, Debug)]
pub struct Verifier {
    authority: Arc<dyn ClientCertVerifier>,
    /// Digest of a certificate → whose it is. Its time is looked at whenever it is shown.
    known: Arc<RwLock<HashMap<Vec<u8>, Holder>>>,
    root: Code,
    /// Blocks that sign nothing: nobody can prove who their operators are.
    unsigning: Arc<[Code]>,
}

#[derive(Clone, Debug)]
struct Holder {
    peer: Peer,
    key: Vec<u8>,
    /// Seconds since 1970.
    valid: (i64, i64),
}

impl Verifier {
    /// `authority`: PEM of the platform's authority.
    pub fn new(authority: &str, root: Code, unsigning: Arc<[Code]>) -> Result<Self, TlsError> {
        Ok(Self { authority: client_verifier(authority)?, known: Arc::default(), root, unsigning })
    }

    /// Checks the statements about the identity of a request, and gives the certificates they were made with.
    pub fn check(&self, header: &str, received: &Received<'_>) -> Result<Vec<Peer>, Distrust> {
        let texts: Vec<_> = header.split(',').collect();
        if texts.len() > MOST {
            return Err(Distrust::Malformed);
        }
        let session = digest(received.session.header());
        let mut speakers: Vec<Peer> = Vec::with_capacity(texts.len());
        let mut statements: Vec<Statement> = Vec::with_capacity(texts.len());
        for text in texts {
            let signed = Signed::read(text).map_err(|_| Distrust::Malformed)?;
            speakers.push(self.speaker(&signed, received.at)?);
            if signed.statement.session != session {
                return Err(Distrust::OtherIdentity);
            }
            statements.push(signed.statement);
        }
        let (last, earlier) = statements.split_last().ok_or(Distrust::Malformed)?;
        check_last(last, received)?;
        check_earlier(earlier, last, received.at)?;
        self.check_origin(Code(statements[0].block), received.session)?;
        Ok(speakers)
    }

    /// The first to speak about an operator is his own block; or the root, or one that speaks for a block that signs
    /// nothing.
    fn check_origin(&self, first: Code, session: &Session) -> Result<(), Distrust> {
        let own = session.block.map(|block| block.value);
        let unsigning = own.is_some_and(|own| self.unsigning.contains(&own));
        if first == self.root || own == Some(first) || unsigning {
            Ok(())
        } else {
            Err(Distrust::OtherOrigin)
        }
    }

    /// The block whose certificate and key stand behind a statement.
    fn speaker(&self, signed: &Signed, at: Instant) -> Result<Peer, Distrust> {
        let holder = self.holder(&signed.certificate, at)?;
        let algorithm = P256.ok_or(Distrust::Signature)?;
        algorithm
            .verify_signature(&holder.key, &signed.message, &signed.signature)
            .map_err(|_| Distrust::Signature)?;
        if holder.peer.block.0 == signed.statement.block {
            Ok(holder.peer)
        } else {
            Err(Distrust::OtherSpeaker)
        }
    }

    fn holder(&self, certificate: &[u8], at: Instant) -> Result<Holder, Distrust> {
        let seconds = at.utc().timestamp();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(certificate).cloned();
        let holder = match known {
            Some(holder) => holder,
            None => self.examined(certificate, seconds)?,
        };
        let (start, end) = holder.valid;
        if (start..=end).contains(&seconds) { Ok(holder) } else { Err(Distrust::Certificate) }
    }

    fn examined(&self, certificate: &[u8], seconds: i64) -> Result<Holder, Distrust> {
        let der = CertificateDer::from(certificate);
        let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds.try_into().unwrap_or_default()));
        self.authority.verify_client_cert(&der, &[], now).map_err(|_| Distrust::Certificate)?;
        let (_, parsed) = X509Certificate::from_der(certificate).map_err(|_| Distrust::Certificate)?;
        let validity = parsed.validity();
        let holder = Holder {
            peer: peer(&der).ok_or(Distrust::Certificate)?,
            key: parsed.public_key().subject_public_key.data.to_vec(),
            valid: (validity.not_before.timestamp(), validity.not_after.timestamp()),
        };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(certificate.to_vec(), holder.clone());
        Ok(holder)
    }
}

/// The newest statement is about this very call.
fn check_last(last: &Statement, received: &Received<'_>) -> Result<(), Distrust> {
    if last.block != received.from.0 {
        return Err(Distrust::OtherSpeaker);
    }
    if last.to != received.to.0 {
        return Err(Distrust::OtherCallee);
    }
    if last.call != call(received.method, received.path_and_query) {
        return Err(Distrust::OtherCall);
    }
    check_time(last, received.at, LIFE)
}

/// Each earlier block spoke to the one that speaks next.
fn check_earlier(earlier: &[Statement], last: &Statement, at: Instant) -> Result<(), Distrust> {
    for (statement, next) in earlier.iter().zip(earlier.iter().skip(1).chain([last])) {
        if statement.to != next.block {
            return Err(Distrust::OtherCallee);
        }
        check_time(statement, at, EARLIER)?;
    }
    Ok(())
}

fn check_time(statement: &Statement, at: Instant, life: TimeDelta) -> Result<(), Distrust> {
    let age = TimeDelta::milliseconds(at.utc().timestamp_millis().saturating_sub(statement.at));
    if (-SKEW..=life + SKEW).contains(&age) { Ok(()) } else { Err(Distrust::Time) }
}

/// The way signatures are verified that all certificates of the platform are made for.
static P256: LazyLock<Option<&'static dyn SignatureVerificationAlgorithm>> = LazyLock::new(|| {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let schemes = provider.signature_verification_algorithms.mapping;
    let (_, all) = schemes.iter().find(|(scheme, _)| *scheme == SignatureScheme::ECDSA_NISTP256_SHA256)?;
    all.iter().copied().find(|algorithm| algorithm.public_key_alg_id() == alg_id::ECDSA_P256)
});

/// Believes client certificates of the platform's authority.
pub(crate) fn client_verifier(authority: &str) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    crate::listen::install_crypto_provider();
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(authority.as_bytes()) {
        let what = "certificate authority";
        roots.add(certificate.map_err(|source| TlsError::Pem { what, source })?)?;
    }
    Ok(WebPkiClientVerifier::builder(Arc::new(roots)).build()?)
}
