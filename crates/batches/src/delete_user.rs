//! Deletes what an application stored about residents who leave (spec: batches 3.9). Application blocks, every hour.
//!
//! A file's record is locked while it is worked on. A run that was cut off leaves its lock and maybe data that are
//! deleted without a note; the next run gives its own locks back, deletes again what is gone, and writes the note.

use contract::{
    CallFailure,
    data_output::{FileQuery, OutputFile, OutputType},
    endings::Past,
};
use http::StatusCode;
use vocabulary::CodeVersion;

use crate::{BatchError, endings::user_id, error::told, place::Place, run::Run};

/// Those who leave, for whatever reason.
const ENDINGS: [OutputType; 4] = [
    OutputType::RegionEnd,
    OutputType::AutomaticRegionEnd,
    OutputType::BookClose,
    OutputType::ForcedBookClose,
];

pub(crate) async fn run(run: &mut Run<'_>) -> Result<(), BatchError> {
    if !run.regions_are_operated().await? {
        return Ok(());
    }
    let query = FileQuery {
        output_types: Some(&ENDINGS),
        output_file_type: Some(2),
        delete_status: Some(2),
        ..FileQuery::default()
    };
    // Runs of one block never overlap, so a lock on an own file is one that an earlier run left.
    for file in own_files(run, &FileQuery { processing: Some(1), ..query.clone() }).await? {
        unlock(run, &file.0).await;
    }
    for (file, actor, app) in own_files(run, &FileQuery { processing: Some(0), ..query }).await? {
        work_on(run, &file, actor, app).await;
    }
    Ok(())
}

type OwnFile = (OutputFile, CodeVersion, CodeVersion);

/// All files of this block's operator that the query finds. Other operators' files are theirs to lock.
async fn own_files(run: &Run<'_>, query: &FileQuery<'_>) -> Result<Vec<OwnFile>, BatchError> {
    let own = run.session.actor.map(|actor| actor.value);
    let mut place = Place::first();
    let mut files = Vec::new();
    loop {
        let page = run.books().approved_output_files(&run.session, query, place.offset()).await;
        let page = page.map_err(BatchError::while_("looking for files"))?;
        if page.is_empty() {
            return Ok(files);
        }
        for file in page {
            if !place.is_new(file.id) {
                continue;
            }
            place.stays();
            if let (Some(actor), Some(app)) = (file.actor, file.app)
                && Some(actor.value) == own
            {
                files.push((file, actor, app));
            }
        }
    }
}

async fn work_on(run: &mut Run<'_>, file: &OutputFile, actor: CodeVersion, app: CodeVersion) {
    let what = format!("file {}", file.id);
    if let Err(failure) = run.books().lock_file(&run.session, file.id, true).await {
        run.left(what, told(&failure));
        return;
    }
    match delete(run, file, actor, app).await {
        Ok(()) => run.done(1),
        Err(why) => {
            run.left(what, why);
            unlock(run, file).await;
        }
    }
}

/// Deletes the stored data of one resident; the error says why not yet.
async fn delete(
    run: &Run<'_>,
    file: &OutputFile,
    actor: CodeVersion,
    app: CodeVersion,
) -> Result<(), String> {
    let failed = |failure: CallFailure| told(&failure);
    let (books, session) = (run.books(), &run.session);
    let found = books.books_of(session, &file.pxr_id, Past::ClosedBooks).await.map_err(failed)?;
    let user_id = user_id(&found, |link| {
        link.actor.value == actor.value && link.app.is_some_and(|linked| linked.value == app.value)
    });
    let user_id = user_id.ok_or("the resident has no user at this application")?;
    let physically = match (file.output_type.closes_the_book(), file.region) {
        (true, _) => run.platform_deletes().await.map_err(failed)?,
        (false, Some(region)) => run.region_deletes(region).await.map_err(failed)?,
        (false, None) => false,
    };
    match run.users().delete_stored(session, user_id, app.value, physically).await {
        // Nothing is stored: it never was, or an earlier run deleted it.
        Err(failure) if failure.status() == Some(StatusCode::NOT_FOUND) => {}
        deleted => deleted.map_err(failed)?,
    }
    books.file_deleted(session, file.id).await.map_err(failed)
}

async fn unlock(run: &mut Run<'_>, file: &OutputFile) {
    if let Err(failure) = run.books().lock_file(&run.session, file.id, false).await {
        run.failed(
            format!("file {}", file.id),
            format!("it stays locked until the next run: {}", told(&failure)),
        );
    }
}
