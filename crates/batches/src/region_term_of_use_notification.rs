//! Asks residents to agree to new terms of their regions (spec: batches 3.3). The root block, every morning.
//!
//! A resident leaves the list when the reminder was noted. A run that was cut off before the note reminds once more.

use contract::{
    CallFailure,
    endings::Reminder,
    notification::{Category, Destination, NewNotice},
};
use serde_json::json;

use crate::{BatchError, error::told, place::Place, run::Run};

/// The category of notices about new terms of a region.
const NEW_TERMS: i64 = 187;

pub(crate) async fn run(run: &mut Run<'_>) -> Result<(), BatchError> {
    if !run.regions_are_operated().await? {
        return Ok(());
    }
    let books = run.books();
    let searching = BatchError::while_("looking for residents to remind");
    books.find_region_reminders(&run.session).await.map_err(&searching)?;
    let mut place = Place::first();
    loop {
        let reminders = books.region_reminders(&run.session, place.offset()).await.map_err(&searching)?;
        if reminders.is_empty() {
            return Ok(());
        }
        for reminder in reminders {
            if !place.is_new(reminder.pxr_id.clone()) {
                continue;
            }
            match remind(run, &reminder).await {
                Ok(()) => run.done(1),
                Err(failure) => {
                    place.stays();
                    run.left(format!("a reminder of {}", terms(&reminder)), told(&failure));
                }
            }
        }
    }
}

async fn remind(run: &Run<'_>, reminder: &Reminder) -> Result<(), CallFailure> {
    let notice = NewNotice {
        kind: 0,
        title: "Region利用規約の再同意のお願い".to_owned(),
        content: "Regionの利用規約が改定されました。内容をご確認のうえ、再同意をお願いします。".to_owned(),
        attribute: Some(json!({"code": reminder.term_of_use})),
        category: Category { code: NEW_TERMS, version: Some(1) },
        from: None,
        destination: Destination::resident(run.block().code.value, &reminder.pxr_id),
        approval: None,
    };
    run.notices().send(&run.session, &notice).await?;
    run.books().region_reminded(&run.session, &reminder.pxr_id).await
}

/// Which terms a resident is reminded of, for the report.
fn terms(reminder: &Reminder) -> String {
    let terms = reminder.term_of_use.as_array();
    let codes = terms.into_iter().flatten().map(|terms| terms["_value"].to_string());
    format!("terms {}", codes.collect::<Vec<_>>().join(", "))
}
