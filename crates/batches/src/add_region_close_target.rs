//! Begins the end of use for all residents of a region that ends (spec: batches 3.10). The root block, every hour.
//!
//! A resident whose end of use has begun is passed over, so every run completes the one before.

use contract::data_output::{OutputQuery, OutputType};

use crate::{BatchError, error::told, run::Run};

pub(crate) async fn run(run: &mut Run<'_>) -> Result<(), BatchError> {
    if !run.regions_are_operated().await? {
        return Ok(());
    }
    let books = run.books();
    let mut offset = 0;
    loop {
        let users = books
            .users_of_ending_regions(&run.session, offset)
            .await
            .map_err(BatchError::while_("looking for the residents of regions that end"))?;
        if users.is_empty() {
            return Ok(());
        }
        offset += users.len() as u64;
        for user in users {
            let query = OutputQuery { book_id: Some(user.book_id), ..OutputQuery::default() };
            match run.begin_end_of_use(OutputType::RegionEnd, query, &user).await {
                Ok(()) => run.done(1),
                Err(failure) => run.failed(format!("book {}", user.book_id), told(&failure)),
            }
        }
    }
}
