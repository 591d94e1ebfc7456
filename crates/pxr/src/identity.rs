//! Whose word the identity of a call is: what comes from another block must be signed by it, and by the operator's own
//! block where that is another one (spec: trust-layer 9 #1). Only blocks that the configuration marks as reference
//! blocks need not sign.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderName, uri::PathAndQuery};
use platform::{
    ApiError, Clock, Origin, Peer,
    identity::{self, Distrust, Received, Verifier},
    listen::{ClientCertificates, TlsError},
    session_in,
};
use vocabulary::Code;

use crate::{
    actors::{Actors, Claim},
    config::Config,
    revocation::Revocations,
};

/// What guards the identities at the blocks listener.
#[derive(Clone, Debug)]
pub(crate) struct Identities {
    verifier: Verifier,
    revocations: Revocations,
    actors: Actors,
    clock: Clock,
    own: Code,
    reference: Arc<[Code]>,
    /// Whether a block without a certificate may be one of the reference.
    admits_nameless: bool,
}

impl Identities {
    /// `authority`: PEM of the platform's authority.
    pub(crate) fn new(
        authority: &str,
        config: &Config,
        (revocations, actors): (&Revocations, Actors),
        clock: &Clock,
    ) -> Result<Self, TlsError> {
        let reference: Arc<[Code]> = config.blocks.reference.iter().copied().map(Code).collect();
        let block = config.identity();
        let admits_nameless = config.blocks.client_certificates == ClientCertificates::Optional;
        if config.listen.blocks.is_some() && admits_nameless {
            tracing::warn!(
                "blocks.client_certificates is optional: blocks without a certificate are admitted"
            );
        }
        if !reference.is_empty() {
            tracing::warn!(?reference, "identities that these blocks send are believed without a signature");
        }
        Ok(Self {
            verifier: Verifier::new(authority, block.root.code, Arc::clone(&reference))?,
            revocations: revocations.clone(),
            actors,
            clock: clock.clone(),
            own: block.code.value,
            reference,
            admits_nameless,
        })
    }

    /// The blocks listener, closed to identities that nobody answers for.
    pub(crate) fn guard(&self, listener: Router) -> Router {
        listener.layer(middleware::from_fn_with_state(self.clone(), refuse_unproven))
    }

    /// Decides what the other end is worth, and what that rests on.
    fn judge(&self, request: &Request) -> Result<Judged, ApiError> {
        let text = |name: &HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
        let header = text(&identity::HEADER);
        let session = text(&HeaderName::from_static("session")).map(session_in).transpose()?;
        let Some(peer) = request.extensions().get::<Peer>().cloned() else {
            return if self.admits_nameless {
                let claim = session.map(|session| Claim { session, by: None });
                Ok(Judged {
                    origin: Origin::Unsigned(Arc::clone(&self.reference)),
                    speakers: Vec::new(),
                    claim,
                })
            } else {
                Err(ApiError::unauthorized("接続元のブロックを確認できません")
                    .because("no_block_in_certificate"))
            };
        };
        // A block's first certificate is never one of a reference block.
        if header.is_none() && !peer.bootstrap && self.reference.contains(&peer.block) {
            let origin = Origin::Unsigned([peer.block].into());
            let claim = session.map(|session| Claim { session, by: Some(peer) });
            return Ok(Judged { origin, speakers: Vec::new(), claim });
        }
        let Some(session) = session else {
            return Ok(Judged { origin: Origin::Peer(peer), speakers: Vec::new(), claim: None });
        };
        let received = Received {
            session: &session,
            from: peer.block,
            to: self.own,
            method: request.method(),
            path_and_query: request.uri().path_and_query().map_or("/", PathAndQuery::as_str),
            at: self.clock.now(),
        };
        let speakers = header.ok_or(Distrust::Unsigned);
        let speakers = speakers.and_then(|header| self.verifier.check(header, &received));
        let speakers = speakers.map_err(|reason| refused(peer.block, &reason.to_string()))?;
        let by = speakers.first().cloned();
        // The certificate of the connection was looked at already.
        let speakers = speakers.into_iter().filter(|speaker| speaker.serial != peer.serial).collect();
        Ok(Judged { origin: Origin::Peer(peer), speakers, claim: Some(Claim { session, by }) })
    }

    async fn refuse_revoked(&self, speakers: Vec<Peer>) -> Result<(), ApiError> {
        for speaker in speakers {
            match self.revocations.is_revoked(&speaker.serial).await {
                Ok(false) => {}
                Ok(true) => return Err(refused(speaker.block, "its certificate was revoked")),
                Err(failure) => {
                    tracing::error!(%failure, "the authority cannot say whether a certificate was revoked");
                    return Err(refused(speaker.block, "its certificate cannot be checked"));
                }
            }
        }
        Ok(())
    }
}

/// What a request is worth, if nothing of this turns out to be wrong.
struct Judged {
    origin: Origin,
    /// Further blocks whose certificates it rests on.
    speakers: Vec<Peer>,
    claim: Option<Claim>,
}

fn refused(peer: Code, reason: &str) -> ApiError {
    tracing::warn!(%peer, reason, "an identity is not believed");
    ApiError::unauthorized("呼出元の識別情報の署名を確認できません").because("identity_not_proven")
}

async fn refuse_unproven(State(identities): State<Identities>, mut request: Request, next: Next) -> Response {
    let Judged { origin, speakers, claim } = match identities.judge(&request) {
        Ok(judged) => judged,
        Err(refusal) => return refusal.into_response(),
    };
    if let Err(refusal) = identities.refuse_revoked(speakers).await {
        return refusal.into_response();
    }
    if let Some(claim) = claim
        && let Err(refusal) = identities.actors.check(&claim).await
    {
        return refusal.into_response();
    }
    if matches!(origin, Origin::Unsigned(_)) {
        request.headers_mut().remove(identity::HEADER);
    }
    request.extensions_mut().insert(origin);
    next.run(request).await
}
