//! Why a batch could not do its work.

use contract::CallFailure;
use vocabulary::BlockKind;

use crate::BatchName;

#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    #[error("{batch} does not belong to a block of the kind {}; it runs on: {}", kind.as_str(), kinds(*batch))]
    NotHere { batch: BatchName, kind: BlockKind },
    #[error(
        "the block has no certified actor yet, and batches act for it; set `block.actor` once it is certified"
    )]
    NoActor,
    #[error("the identity of the batch cannot be written: {0}")]
    Identity(#[from] vocabulary::SessionError),
    /// Without this answer there is nothing to work on.
    #[error("while {doing}: {}", told(failure))]
    Call { doing: &'static str, failure: CallFailure },
    #[error(
        "{count} differences still wait after the ledger took some: local-ctoken does not mark them as sent, or the \
         block stores faster than it sends; run it again and look at local-ctoken's log if that does not help"
    )]
    Stuck { count: u64 },
}

impl BatchError {
    /// For `map_err`: what the batch was doing when a call failed that it cannot do without.
    pub(crate) fn while_(doing: &'static str) -> impl Fn(CallFailure) -> Self {
        move |failure| Self::Call { doing, failure }
    }
}

/// A failed call with what the neighbour said about it.
pub(crate) fn told(failure: &CallFailure) -> String {
    match failure.message() {
        Some(message) => format!("{failure}: {message}"),
        None => failure.to_string(),
    }
}

fn kinds(batch: BatchName) -> String {
    let kinds: Vec<_> = batch.kinds().iter().map(|kind| kind.as_str()).collect();
    kinds.join(", ")
}
