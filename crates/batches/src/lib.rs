//! The batches: what a block does by itself, from time to time (spec: batches).
//!
//! Each batch is one file that reads as the numbered steps of its spec. Batches have no tables of their own; they
//! call the services of their block, and of the root, as an operator that exists from inside only. All are safe to
//! run twice: what a run that was cut off left behind, the next one finds and completes. What goes wrong with one
//! resident, record or region is reported and does not stop the others.

mod error;
mod ground;
mod name;
mod report;
mod run;
mod settings;

mod cooperate_region;
mod create_user;
mod link_ctoken;

pub use error::BatchError;
pub use ground::BatchGround;
pub use name::{BatchName, UnknownBatch};
pub use report::{BatchReport, Unfinished};
pub use settings::Settings;

use run::Run;

/// Runs a batch once. The report tells what it did; an error, that it could not do its work at all.
pub async fn run(name: BatchName, ground: &BatchGround) -> Result<BatchReport, BatchError> {
    let mut run = Run::new(name, ground)?;
    tracing::info!(batch = %name, "a batch starts");
    let ended = match name {
        BatchName::CreateUser => create_user::run(&mut run).await,
        BatchName::LinkCtoken => link_ctoken::run(&mut run).await,
        BatchName::CooperateRegion => cooperate_region::run(&mut run).await,
    };
    let report = run.into_report();
    let (done, left, failed) = (report.done, report.left.len(), report.failed.len());
    match &ended {
        Ok(()) => tracing::info!(batch = %name, done, left, failed, "a batch ended"),
        Err(error) => tracing::error!(batch = %name, done, left, failed, %error, "a batch was broken off"),
    }
    ended.map(|()| report)
}
