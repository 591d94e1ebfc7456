//! Creates the users whose link the root has confirmed and this block does not know yet (spec: batches 3.1).
//! Application blocks, every quarter of an hour.
//!
//! The service does the work; it skips the users that are there, so a run that was cut off is completed by the next.

use crate::{BatchError, run::Run};

pub(crate) async fn run(run: &mut Run<'_>) -> Result<(), BatchError> {
    let users = run.users();
    users
        .create_confirmed_users(&run.session)
        .await
        .map_err(BatchError::while_("creating the users that the root confirmed"))?;
    run.note("book-operate created whoever was missing");
    Ok(())
}
