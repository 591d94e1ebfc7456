//! Whoever shows a certificate that was revoked is refused, on connections that were made before, too.
//!
//! The root asks its authority about every request; other blocks compare with a list that they fetch again and again.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use contract::{CallFailure, certification_authority::CertificationAuthorityClient};
use http::StatusCode;
use platform::{ApiError, Neighbourhood, Peer, listen::Shutdown};
use tokio::task::JoinHandle;
use vocabulary::Session;

/// What this block knows of revoked certificates.
#[derive(Clone, Debug)]
pub(crate) struct Revocations {
    authority: CertificationAuthorityClient,
    /// None at the root, which need not remember.
    list: Option<Arc<RwLock<HashSet<String>>>>,
    /// How old the list may become: a revocation must hold everywhere within a minute.
    every: Duration,
}

impl Revocations {
    pub(crate) fn known_to(block: Neighbourhood, seconds: u64) -> Self {
        let list = (!block.block.is_root()).then(Arc::default);
        let every = Duration::from_secs(seconds.clamp(1, 30));
        Self { authority: CertificationAuthorityClient::new(block), list, every }
    }

    /// The blocks listener, closed to whoever shows a revoked certificate.
    pub(crate) fn guard(&self, listener: Router) -> Router {
        listener.layer(middleware::from_fn_with_state(self.clone(), refuse_revoked))
    }

    /// Keeps the list new until the block ends. While the root cannot be reached, the last one counts. A root of the
    /// reference has no list; it may become another one while the block runs.
    pub(crate) fn watch(self, session: Session, shutdown: Shutdown) -> Option<JoinHandle<()>> {
        let list = self.list.clone()?;
        let watch = async move {
            let mut is_told = false;
            loop {
                match self.authority.revoked(&session).await {
                    Ok(revoked) => {
                        let serials = revoked.serials.into_iter().collect();
                        *list.write().unwrap_or_else(PoisonError::into_inner) = serials;
                        is_told = false;
                    }
                    Err(failure) if failure.status() == Some(StatusCode::NOT_FOUND) => {
                        if !is_told {
                            tracing::warn!(
                                "the root lists no revoked certificates: it is one of the reference"
                            );
                        }
                        is_told = true;
                    }
                    Err(failure) => tracing::debug!(%failure, "the revoked certificates cannot be asked for"),
                }
                tokio::time::sleep(self.every).await;
            }
        };
        Some(tokio::spawn(async move {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = watch => {}
            }
        }))
    }

    /// Whether a certificate stands in the list.
    fn knows(&self, serial: &str) -> bool {
        let list = self.list.as_ref();
        list.is_some_and(|list| list.read().unwrap_or_else(PoisonError::into_inner).contains(serial))
    }

    pub(crate) async fn is_revoked(&self, serial: &str) -> Result<bool, CallFailure> {
        match self.list {
            Some(_) => Ok(self.knows(serial)),
            None => self.authority.is_standing(serial).await.map(|stands| !stands),
        }
    }
}

async fn refuse_revoked(State(revocations): State<Revocations>, request: Request, next: Next) -> Response {
    let Some(Peer { serial, block, .. }) = request.extensions().get::<Peer>().cloned() else {
        return next.run(request).await;
    };
    match revocations.is_revoked(&serial).await {
        Ok(false) => next.run(request).await,
        Ok(true) => {
            tracing::warn!(%block, serial, "a revoked certificate was shown");
            ApiError::unauthorized("接続元のブロックの証明書は失効しています")
                .because("revoked_certificate")
                .into_response()
        }
        Err(failure) => {
            tracing::error!(%failure, "the authority cannot say whether a certificate was revoked");
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "証明書を確認できませんでした")
                .because("certificate_not_checked")
                .into_response()
        }
    }
}
