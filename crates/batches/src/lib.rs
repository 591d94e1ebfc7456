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
mod scheduler;
mod settings;
mod time_table;

mod endings;
mod place;

mod add_region_close_target;
mod add_region_end_of_use_target;
mod book_delete;
mod book_end_of_use;
mod close_region;
mod cooperate_region;
mod create_user;
mod delete_user;
mod link_ctoken;
mod output_user_data_file_mng;
mod region_end_of_use;
mod region_term_of_use_notification;

pub use error::BatchError;
pub use ground::BatchGround;
pub use name::{BatchName, UnknownBatch};
pub use report::{BatchReport, Unfinished};
pub use scheduler::run_scheduled;
pub use settings::Settings;
pub use time_table::{TimeTable, TimeTableError};

use run::Run;

/// Runs a batch once. The report tells what it did; an error, that it could not do its work at all.
pub async fn run(name: BatchName, ground: &BatchGround) -> Result<BatchReport, BatchError> {
    tracing::info!(batch = %name, "a batch starts");
    let ended = attempt(name, ground).await;
    match &ended {
        Ok(report) => {
            let (done, left, failed) = (report.done, report.left.len(), report.failed.len());
            tracing::info!(batch = %name, done, left, failed, "a batch ended");
        }
        Err(error) => tracing::info!(batch = %name, %error, "a batch was broken off"),
    }
    ended
}

async fn attempt(name: BatchName, ground: &BatchGround) -> Result<BatchReport, BatchError> {
    let mut run = Run::new(name, ground)?;
    match name {
        BatchName::CooperateRegion => cooperate_region::run(&mut run).await,
        BatchName::CreateUser => create_user::run(&mut run).await,
        BatchName::LinkCtoken => link_ctoken::run(&mut run).await,
        BatchName::RegionTermOfUseNotification => region_term_of_use_notification::run(&mut run).await,
        BatchName::BookEndOfUse => book_end_of_use::run(&mut run).await,
        BatchName::AddRegionEndOfUseTarget => add_region_end_of_use_target::run(&mut run).await,
        BatchName::AddRegionCloseTarget => add_region_close_target::run(&mut run).await,
        BatchName::OutputUserDataFileMng => output_user_data_file_mng::run(&mut run).await,
        BatchName::DeleteUser => delete_user::run(&mut run).await,
        BatchName::RegionEndOfUse => region_end_of_use::run(&mut run).await,
        BatchName::CloseRegion => close_region::run(&mut run).await,
        BatchName::BookDelete => book_delete::run(&mut run).await,
    }?;
    Ok(run.into_report())
}
