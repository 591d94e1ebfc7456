//! Identities that blocks sign for each other (spec: trust-layer 9 #1).
//!
//! The `session` header says who an operator is. Between blocks the header [`HEADER`] proves whose word that is: a
//! list of statements, oldest first, each by the block that handed the identity on, made with the key of its client
//! certificate for one callee, one call and a short time. The first one is of the operator's own block, or of the
//! root, which is trusted with everything anyway.
//!
//! Inside a block the header travels with the request it came with, so that a call that is made for it elsewhere can
//! name the earlier statements. It is never logged.

mod sign;
mod statement;
mod verify;

pub use sign::Signer;
pub(crate) use verify::client_verifier;
pub use verify::{Distrust, Received, Verifier};

use http::{HeaderName, HeaderValue, Request};

use statement::{Statement, digest};

/// Carries the statements about the identity in the `session` header.
pub const HEADER: HeaderName = HeaderName::from_static("pxr-identity");

/// How many blocks an identity may pass through.
const MOST: usize = 6;

tokio::task_local! {
    static CURRENT: Proof;
}

/// The statements that came with the request that the current task works for.
#[derive(Clone)]
pub(crate) struct Proof(String);

impl Proof {
    /// What the header says; only listeners that verified it, and this block's own services, let it through.
    pub(crate) fn received<B>(request: &Request<B>) -> Option<Self> {
        Some(Self(request.headers().get(HEADER)?.to_str().ok()?.to_owned()))
    }

    pub(crate) fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    pub(crate) async fn scope<F: Future>(proof: Option<Self>, work: F) -> F::Output {
        match proof {
            Some(proof) => CURRENT.scope(proof, work).await,
            None => work.await,
        }
    }

    pub(crate) fn value(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok().map(|mut value| {
            value.set_sensitive(true);
            value
        })
    }

    /// The statements, if they are about this identity.
    fn about(&self, session: &str) -> Option<&str> {
        let newest = self.0.rsplit(',').next()?;
        let about = Statement::unproven(newest).ok()?.session == digest(session);
        about.then_some(self.0.as_str())
    }
}

#[cfg(test)]
mod tests;
