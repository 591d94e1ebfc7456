//! Ends the links of the residents of regions that ended, and closes the regions that nobody uses any more
//! (spec: batches 3.11). The root block, every morning.
//!
//! An output is locked while it is worked on. A run that was cut off leaves its lock and maybe a link that has ended
//! without a note; the next run gives the locks of the region's outputs back and writes the note. A region leaves
//! the list last, when its item says that it is closed.

use contract::{
    CallFailure,
    data_output::{OutputCode, OutputQuery, OutputType},
    endings::{Past, StoppedRegion},
    identity_verificate::VerifiedCode,
};
use serde_json::json;
use vocabulary::{Code, Session};

use crate::{
    BatchError,
    endings::{is_with, user_id},
    error::told,
    place::Place,
    run::Run,
};

const CLOSED: &str = "close";

pub(crate) async fn run(run: &mut Run<'_>) -> Result<(), BatchError> {
    if !run.regions_are_operated().await? {
        return Ok(());
    }
    // For releasing links and for changing the region's item.
    let rights = json!({"member": {"delete": true}, "book": {"create": true},
                        "catalog": {"create": true, "update": true}});
    let mut place = Place::first();
    loop {
        let regions = run.books().ended_regions(&run.session, place.offset()).await;
        let regions = regions.map_err(BatchError::while_("looking for regions that ended"))?;
        if regions.is_empty() {
            return Ok(());
        }
        for region in regions {
            if !place.is_new((region.actor.value, region.region.value)) {
                continue;
            }
            let what = format!("region {}", region.region.value);
            let operator = run.acting_for(region.actor, &rights)?;
            match work_on(run, &region, &operator).await {
                Ok(true) => run.done(1),
                Ok(false) => {
                    place.stays();
                    run.left(what, "residents still use it");
                }
                Err(failure) => {
                    place.stays();
                    run.left(what, told(&failure));
                }
            }
        }
    }
}

/// Ends all links of a region that can be ended; whether it is closed then.
async fn work_on(run: &mut Run<'_>, region: &StoppedRegion, operator: &Session) -> Result<bool, CallFailure> {
    for output in outputs(run, region, 1).await? {
        run.unlock(&output).await;
    }
    let mut is_left = false;
    for output in outputs(run, region, 0).await? {
        is_left |= !end_locked(run, &output, region, operator).await;
    }
    // A region that is closed is not looked at again, so nothing of it may be left.
    if is_left || is_used(run, region).await? {
        return Ok(false);
    }
    close(run, region, operator).await.map(|()| true)
}

/// All outputs of the region whose links have not been ended, locked or not.
async fn outputs(
    run: &Run<'_>,
    region: &StoppedRegion,
    processing: i64,
) -> Result<Vec<OutputCode>, CallFailure> {
    let mut found = Vec::new();
    // Without approval, where none is needed, and approved.
    for approved in [0, 2] {
        let query = OutputQuery {
            kind: Some(OutputType::RegionEnd),
            actor: Some(region.actor),
            region: Some(region.region),
            cooperation_cancel_approved: Some(approved),
            cooperation_canceled: Some(0),
            processing: Some(processing),
            ..OutputQuery::default()
        };
        let mut offset = 0;
        loop {
            let mut page = run.books().outputs(&run.session, &query, offset).await?;
            if page.is_empty() {
                break;
            }
            offset += page.len() as u64;
            found.append(&mut page);
        }
    }
    Ok(found)
}

/// Whether the link of one resident has ended.
async fn end_locked(
    run: &mut Run<'_>,
    output: &OutputCode,
    region: &StoppedRegion,
    operator: &Session,
) -> bool {
    let what = format!("output {}", output.id);
    if let Err(failure) = run.books().lock_output(&run.session, output.id, true).await {
        run.left(what, told(&failure));
        return false;
    }
    match end(run, output, region, operator).await {
        Ok(()) => {
            run.done(1);
            true
        }
        Err(failure) => {
            run.left(what, told(&failure));
            run.unlock(output).await;
            false
        }
    }
}

/// Ends the link of one resident, if it has not been ended before.
async fn end(
    run: &Run<'_>,
    output: &OutputCode,
    region: &StoppedRegion,
    operator: &Session,
) -> Result<(), CallFailure> {
    let (books, session) = (run.books(), &run.session);
    let StoppedRegion { actor, region } = *region;
    let found = books.books_of(session, &output.pxr_id, Past::LeftOut).await?;
    if let Some(user_id) = user_id(&found, |link| is_with(link, actor, region)) {
        let order = VerifiedCode { pxr_id: &output.pxr_id, user_id, actor, region: Some(region), app: None };
        let code = run.identities().verified_code(session, &order).await?;
        books.release(operator, &code).await?;
    }
    books.link_ended(session, output.id).await
}

/// Whether residents are linked with the region, in whatever version.
async fn is_used(run: &Run<'_>, region: &StoppedRegion) -> Result<bool, CallFailure> {
    let mut offset = 0;
    loop {
        let users = run.books().users_of_ending_regions(&run.session, offset).await?;
        if users.is_empty() {
            return Ok(false);
        }
        let is_of = |actor: Code, code| (actor, code) == (region.actor.value, region.region.value);
        if users.iter().any(|user| is_of(user.actor.value, user.region.value)) {
            return Ok(true);
        }
        offset += users.len() as u64;
    }
}

async fn close(run: &Run<'_>, region: &StoppedRegion, operator: &Session) -> Result<(), CallFailure> {
    let catalog = run.catalog();
    let item = catalog.item(&run.session, region.region.value).await?;
    if item.text("status") != Some(CLOSED) {
        let mut document = catalog.document(&run.session, &item).await?;
        document.set("status", CLOSED.into());
        catalog.change_item(operator, document.code, &document.to_value()).await?;
    }
    run.books().region_closed(&run.session, region).await
}
