//! Closes the books of residents who did not agree to the platform's terms in time (spec: batches 3.4).
//! The root block, every hour.
//!
//! The resident is kept out first, then the output of his data is prepared; if that fails he is let in again. A run
//! that was cut off between the two finds him kept out and without an output, and prepares it.

use contract::{
    CallFailure,
    data_output::{NewOutput, OutputQuery, OutputType, PAGE},
    endings::Past,
};
use http::StatusCode;

use crate::{BatchError, error::told, place::Place, run::Run};

pub(crate) async fn run(run: &mut Run<'_>) -> Result<(), BatchError> {
    let books = run.books();
    let mut place = Place::first();
    loop {
        let refusers = books
            .platform_refusers(&run.session, place.offset())
            .await
            .map_err(BatchError::while_("looking for residents who did not agree"))?;
        let is_last = refusers.len() < PAGE;
        for (number, refuser) in refusers.into_iter().enumerate() {
            if !place.is_new(refuser.pxr_id.clone()) {
                continue;
            }
            let what = format!("resident {} of this page", number + 1);
            match close(run, &refuser.pxr_id).await {
                Ok(Closing::Begun) => run.done(1),
                Ok(Closing::BegunBefore) => place.stays(),
                Err(Hindrance::Later(failure)) => {
                    place.stays();
                    run.left(what, told(&failure));
                }
                Err(Hindrance::KeptOut(failure)) => {
                    place.stays();
                    run.failed(
                        what,
                        format!("kept out without an output, and not let in: {}", told(&failure)),
                    );
                }
            }
        }
        if is_last {
            return Ok(());
        }
    }
}

enum Closing {
    Begun,
    BegunBefore,
}

enum Hindrance {
    Later(CallFailure),
    /// The resident could not be let in again.
    KeptOut(CallFailure),
}

async fn close(run: &Run<'_>, pxr_id: &str) -> Result<Closing, Hindrance> {
    let books = run.books();
    let was_out = match books.force_out(&run.session, pxr_id, true).await {
        Ok(()) => false,
        // A resident who is out already cannot be kept out again.
        Err(failure) if failure.status() == Some(StatusCode::BAD_REQUEST) => {
            if !is_out(run, pxr_id).await.map_err(Hindrance::Later)? {
                return Err(Hindrance::Later(failure));
            }
            true
        }
        Err(failure) => return Err(Hindrance::Later(failure)),
    };
    match prepare(run, pxr_id).await {
        Ok(is_new) => Ok(if is_new || !was_out { Closing::Begun } else { Closing::BegunBefore }),
        Err(failure) => {
            books.force_out(&run.session, pxr_id, false).await.map_err(Hindrance::KeptOut)?;
            Err(Hindrance::Later(failure))
        }
    }
}

async fn is_out(run: &Run<'_>, pxr_id: &str) -> Result<bool, CallFailure> {
    let found = run.books().books_of(&run.session, pxr_id, Past::LeftOut).await?;
    Ok(found.iter().any(|book| book.status == Some(1)))
}

/// Prepares the output of a resident's data, unless it is prepared: then the answer is false.
async fn prepare(run: &Run<'_>, pxr_id: &str) -> Result<bool, CallFailure> {
    let books = run.books();
    let kind = OutputType::ForcedBookClose;
    let query = OutputQuery { pxr_id: Some(pxr_id), kind: Some(kind), ..OutputQuery::default() };
    if !books.outputs(&run.session, &query, 0).await?.is_empty() {
        return Ok(false);
    }
    let new =
        NewOutput { kind, pxr_id, actor: None, region: None, cooperation_release: None, returnable: true };
    books.prepare_output(&run.session, &new).await.map(|()| true)
}
