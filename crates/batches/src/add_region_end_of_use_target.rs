//! Begins the end of use of a region for the residents who did not agree to its terms in time (spec: batches 3.5).
//! The root block, every hour.
//!
//! A resident whose end of use has begun is passed over, so every run completes the one before.

use contract::data_output::{OutputQuery, OutputType, PAGE};

use crate::{BatchError, error::told, place::Place, run::Run};

pub(crate) async fn run(run: &mut Run<'_>) -> Result<(), BatchError> {
    if !run.regions_are_operated().await? {
        return Ok(());
    }
    let books = run.books();
    let mut place = Place::<()>::first();
    loop {
        let page = books
            .region_refusers(&run.session, place.offset())
            .await
            .map_err(BatchError::while_("looking for residents who did not agree"))?;
        place.scanned(page.offset.unwrap_or_default());
        let refusers = page.targets();
        let is_last = refusers.len() < PAGE;
        for refuser in refusers {
            let query = OutputQuery { pxr_id: Some(&refuser.pxr_id), ..OutputQuery::default() };
            match run.begin_end_of_use(OutputType::AutomaticRegionEnd, query, &refuser).await {
                Ok(()) => run.done(1),
                Err(failure) => run.failed(format!("book {}", refuser.book_id), told(&failure)),
            }
        }
        if is_last {
            return Ok(());
        }
    }
}
