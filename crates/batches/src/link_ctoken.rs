//! Tells the root's ledger what was stored, changed and deleted (spec: batches 3.2).
//! Application blocks, every quarter of an hour.
//!
//! The service marks differences as sent when the ledger has taken them; a run that was cut off leaves the others
//! to the next one.

use crate::{BatchError, run::Run};

/// How many differences are sent at once.
const PAGE: u64 = 50;

pub(crate) async fn run(run: &mut Run<'_>) -> Result<(), BatchError> {
    let differences = run.differences();
    let counting = BatchError::while_("counting the differences");
    let mut unsent = differences.unsent(&run.session).await.map_err(&counting)?;
    while unsent > 0 {
        differences.forward(&run.session, PAGE).await.map_err(BatchError::while_("sending differences"))?;
        let rest = differences.unsent(&run.session).await.map_err(&counting)?;
        if rest >= unsent {
            return Err(BatchError::Stuck { count: rest });
        }
        run.done(unsent - rest);
        unsent = rest;
    }
    Ok(())
}
