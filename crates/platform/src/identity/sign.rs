//! Signing: what a block says about the identities it hands on.

use std::sync::Arc;

use http::{HeaderValue, Method};
use rustls::{SignatureScheme, sign::SigningKey};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use vocabulary::{Code, Session};

use super::{
    Proof,
    statement::{Signed, Statement, call, digest},
};
use crate::{Clock, listen::peer};

/// The key of the block's client certificate, as a pen.
#[derive(Clone, Debug)]
pub struct Signer {
    block: Code,
    certificate: CertificateDer<'static>,
    key: Arc<dyn SigningKey>,
    clock: Clock,
}

impl Signer {
    /// From the PEM text of key and certificate. None where the certificate names no block, or its key is not of the
    /// kind that the platform's authority issues.
    #[must_use]
    pub fn new(identity: &str, clock: &Clock) -> Option<Self> {
        crate::listen::install_crypto_provider();
        let certificate = CertificateDer::from_pem_slice(identity.as_bytes()).ok()?;
        let key = PrivateKeyDer::from_pem_slice(identity.as_bytes()).ok()?;
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).ok()?;
        key.choose_scheme(&[SignatureScheme::ECDSA_NISTP256_SHA256])?;
        let block = peer(&certificate)?.block;
        Some(Self { block, certificate, key, clock: clock.clone() })
    }

    /// The header for a call to another block, with what earlier blocks said where this one is not the first.
    #[must_use]
    pub fn header(
        &self,
        session: &str,
        to: Code,
        method: &Method,
        path_and_query: &str,
    ) -> Option<HeaderValue> {
        let statement = Statement {
            block: self.block.0,
            to: to.0,
            at: self.clock.now().utc().timestamp_millis(),
            session: digest(session),
            call: call(method, path_and_query),
        };
        let own = self.signed(&statement)?;
        let all = match Proof::current().filter(|_| !self.is_own(session)) {
            Some(proof) => match proof.about(session) {
                Some(earlier) => format!("{earlier},{own}"),
                None => own,
            },
            None => own,
        };
        Proof(all).value()
    }

    /// Of its own operators a block is the first to speak.
    fn is_own(&self, session: &str) -> bool {
        let session = Session::from_header(session).ok();
        session.and_then(|session| session.block).is_some_and(|block| block.value == self.block)
    }

    fn signed(&self, statement: &Statement) -> Option<String> {
        let (message, parts) = statement.message(&self.certificate);
        let pen = self.key.choose_scheme(&[SignatureScheme::ECDSA_NISTP256_SHA256])?;
        Some(Signed::written(&parts, &pen.sign(&message).ok()?))
    }
}
