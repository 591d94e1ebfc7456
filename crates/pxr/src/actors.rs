//! For which actor an operator of another block may act: one that runs his block (spec: trust-layer 9 #1).
//!
//! The certificate of a block names the actor that runs it. Where it names none, or another one than the operator does
//! (a block's first certificate, a reference block that shows none, an actor that took over a block), the catalog says
//! which blocks an actor has.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use contract::catalog::{CatalogClient, Via};
use http::StatusCode;
use platform::{ApiError, Neighbourhood, Peer};
use vocabulary::{Code, OperatorType, Session};

/// How long what the catalog said counts, and how much of it is remembered.
const FRESH: Duration = Duration::from_mins(1);
const REMEMBERED: usize = 1_000;

/// An identity, and the block whose word it is; none where that block showed no certificate.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) session: Session,
    pub(crate) by: Option<Peer>,
}

/// Who runs which block.
#[derive(Clone, Debug)]
pub(crate) struct Actors {
    catalog: CatalogClient,
    /// The block itself, which asks.
    own: Session,
    root: Code,
    /// Pairs of block and actor that were right.
    known: Arc<RwLock<HashMap<(Code, Code), Instant>>>,
}

impl Actors {
    pub(crate) fn known_to(block: Neighbourhood, own: Session) -> Self {
        let root = block.block.root.code;
        Self { catalog: CatalogClient::new(block, Via::EndUser), own, root, known: Arc::default() }
    }

    /// Refuses an operator who says that he acts for an actor which does not run his block. Residents act for nobody,
    /// and the root is trusted with everything.
    pub(crate) async fn check(&self, claim: &Claim) -> Result<(), ApiError> {
        let (session, by) = (&claim.session, claim.by.as_ref());
        let (Some(block), Some(actor)) = (session.block, session.actor) else { return Ok(()) };
        let (block, actor) = (block.value, actor.value);
        let is_said_by_it = by.is_some_and(|by| by.block == block && by.actor == Some(actor));
        let is_said_by_root = by.is_some_and(|by| by.block == self.root);
        if session.operator_type == OperatorType::Individual
            || is_said_by_it
            || is_said_by_root
            || self.remembers(block, actor)
        {
            return Ok(());
        }
        let runs = match self.catalog.item(&self.own, actor).await {
            Ok(item) => {
                let main = item.code("main-block").into_iter();
                main.chain(item.codes("other-block")).any(|own| own.value == block)
            }
            Err(failure) if failure.status().is_some_and(|status| status.is_client_error()) => false,
            Err(failure) => {
                tracing::error!(%failure, "the catalog cannot say who runs a block");
                let message = "カタログを取得できませんでした";
                return Err(
                    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, message).because("actor_not_checked")
                );
            }
        };
        if !runs {
            tracing::warn!(%block, %actor, "an operator acts for an actor that does not run his block");
            let message = "オペレーターのブロックはこのアクターのものではありません";
            return Err(ApiError::unauthorized(message).because("actor_not_proven"));
        }
        self.remember(block, actor);
        Ok(())
    }

    fn remembers(&self, block: Code, actor: Code) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&(block, actor)).is_some_and(|at| at.elapsed() < FRESH)
    }

    fn remember(&self, block: Code, actor: Code) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert((block, actor), Instant::now());
    }
}
