//! Ends the links of residents who leave a region, once their data are given back (spec: batches 3.6).
//! Region-root blocks, every hour.
//!
//! An output is locked while it is worked on. A run that was cut off leaves its lock and maybe a link that has ended
//! without a note; the next run gives the locks of this region's operator back and writes the note.

use contract::{
    CallFailure,
    data_output::{FileQuery, OutputCode, OutputFile, OutputQuery, OutputType},
    endings::Past,
    identity_verificate::VerifiedCode,
};
use vocabulary::CodeVersion;

use crate::{
    BatchError,
    endings::{is_with, user_id},
    error::told,
    place::Place,
    run::Run,
};

/// Which outputs, in this order: by themselves or wanted, and in each case without or with approval.
const COMBINATIONS: [(OutputType, i64); 4] = [
    (OutputType::AutomaticRegionEnd, 0),
    (OutputType::AutomaticRegionEnd, 2),
    (OutputType::RegionEnd, 0),
    (OutputType::RegionEnd, 2),
];

pub(crate) async fn run(run: &mut Run<'_>) -> Result<(), BatchError> {
    if !run.regions_are_operated().await? {
        return Ok(());
    }
    for (kind, approved) in COMBINATIONS {
        let query = OutputQuery {
            kind: Some(kind),
            cooperation_cancel_approved: Some(approved),
            cooperation_canceled: Some(0),
            ..OutputQuery::default()
        };
        release_locks(run, &query).await?;
        let query = OutputQuery { processing: Some(0), ..query };
        let mut place = Place::first();
        loop {
            let outputs = page(run, &query, place.offset()).await?;
            if outputs.is_empty() {
                break;
            }
            for output in outputs {
                if place.is_new(output.id) && !work_on(run, &output).await {
                    place.stays();
                }
            }
        }
    }
    Ok(())
}

async fn page(run: &Run<'_>, query: &OutputQuery<'_>, offset: u64) -> Result<Vec<OutputCode>, BatchError> {
    run.books().outputs(&run.session, query, offset).await.map_err(BatchError::while_("looking for outputs"))
}

/// Runs of one block never overlap, so a lock of this operator is one that an earlier run left.
async fn release_locks(run: &mut Run<'_>, query: &OutputQuery<'_>) -> Result<(), BatchError> {
    let query = OutputQuery { processing: Some(1), ..query.clone() };
    let mut place = Place::first();
    loop {
        let outputs = page(run, &query, place.offset()).await?;
        if outputs.is_empty() {
            return Ok(());
        }
        for output in outputs {
            if !place.is_new(output.id) {
                continue;
            }
            if own_region(run, &output).is_some() {
                run.unlock(&output).await;
            } else {
                place.stays();
            }
        }
    }
}

/// The region and its operator, if that is who runs this block.
fn own_region(run: &Run<'_>, output: &OutputCode) -> Option<(CodeVersion, CodeVersion)> {
    let (actor, region) = (output.actor?, output.region?);
    (Some(actor.value) == run.session.actor.map(|own| own.value)).then_some((actor, region))
}

/// Whether the output is done with.
async fn work_on(run: &mut Run<'_>, output: &OutputCode) -> bool {
    // Other operators' outputs are theirs to lock.
    let Some((actor, region)) = own_region(run, output) else { return false };
    let what = format!("output {}", output.id);
    if let Err(failure) = run.books().lock_output(&run.session, output.id, true).await {
        run.left(what, told(&failure));
        return false;
    }
    match end(run, output, actor, region).await {
        Ok(()) => {
            run.done(1);
            true
        }
        Err(why) => {
            run.left(what, why);
            run.unlock(output).await;
            false
        }
    }
}

/// Ends the link of one resident; the error says why not yet.
async fn end(
    run: &Run<'_>,
    output: &OutputCode,
    actor: CodeVersion,
    region: CodeVersion,
) -> Result<(), String> {
    let failed = |failure: CallFailure| told(&failure);
    let (books, session) = (run.books(), &run.session);
    let found = books.books_of(session, &output.pxr_id, Past::LeftOut).await.map_err(failed)?;
    if let Some(user_id) = user_id(&found, |link| is_with(link, actor, region)) {
        let query = FileQuery { code: Some(&output.code), ..FileQuery::default() };
        let files = books.output_files(session, &query).await.map_err(failed)?;
        if !files.iter().all(is_output) {
            return Err("its data are not given back yet".to_owned());
        }
        let physically = run.region_deletes(region).await.map_err(failed)?;
        let order = VerifiedCode { pxr_id: &output.pxr_id, user_id, actor, region: Some(region), app: None };
        let code = run.identities().verified_code(session, &order).await.map_err(failed)?;
        run.users().delete_user(session, &code, physically).await.map_err(failed)?;
    } else {
        // Maybe an earlier run ended the link and could not note it.
        let found = books.books_of(session, &output.pxr_id, Past::EndedLinks).await.map_err(failed)?;
        if user_id(&found, |link| is_with(link, actor, region)).is_none() {
            return Err("the resident has no user at this region".to_owned());
        }
    }
    books.link_ended(session, output.id).await.map_err(failed)
}

/// Uploaded, or deleted without.
fn is_output(file: &OutputFile) -> bool {
    file.output_status == Some(1) || file.output_status == Some(0) && file.delete_status == Some(3)
}
