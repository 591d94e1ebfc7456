//! Plans which data are given back and deleted for the residents who leave (spec: batches 3.8).
//! The root block, every hour.
//!
//! Files that are planned are not planned again; a run that was cut off is completed by the next, file by file.

use std::collections::HashSet;

use contract::{
    CallFailure,
    data_output::{FileQuery, OutputCondition, OutputConditions, OutputQuery, OutputType},
};
use serde_json::{Value, json};
use vocabulary::CodeVersion;

use crate::{BatchError, error::told, run::Run};

/// An upload of the user's data.
const USER_DATA: i64 = 1;
/// An upload of what the resident asked for besides.
const REQUESTED_DATA: i64 = 2;

pub(crate) async fn run(run: &mut Run<'_>) -> Result<(), BatchError> {
    if !run.regions_are_operated().await? {
        return Ok(());
    }
    for output in all_conditions(run).await? {
        match plan(run, &output).await {
            Ok(()) => run.done(1),
            Err(failure) => run.failed(format!("output {}", output.code), told(&failure)),
        }
    }
    Ok(())
}

/// All outputs with all their conditions: what a book needs cannot be told from the conditions of one page.
async fn all_conditions(run: &Run<'_>) -> Result<Vec<OutputConditions>, BatchError> {
    let mut outputs: Vec<OutputConditions> = Vec::new();
    let mut seen = HashSet::new();
    let mut offset = 0;
    loop {
        let page = run.books().output_conditions(&run.session, offset).await;
        let page = page.map_err(BatchError::while_("looking for outputs"))?;
        if page.is_empty() {
            return Ok(outputs);
        }
        for mut output in page {
            // One without conditions still takes a place.
            offset += output.condition.len().max(1) as u64;
            output.condition.retain(|condition| seen.insert(condition.id));
            match outputs.last_mut().filter(|last| last.code == output.code) {
                Some(last) => last.condition.append(&mut output.condition),
                None => outputs.push(output),
            }
        }
    }
}

async fn plan(run: &Run<'_>, output: &OutputConditions) -> Result<(), CallFailure> {
    let mut is_returned = false;
    for condition in &output.condition {
        if let Some(app) = condition.app {
            is_returned |= condition.returnable == Some(1);
            plan_uploads(run, output, condition, app).await?;
        }
    }
    if is_returned {
        plan_download(run, output).await
    } else if output.kind.closes_the_book() {
        reserve(run, output).await
    } else {
        Ok(())
    }
}

/// What is uploaded, or only deleted, of one application.
async fn plan_uploads(
    run: &Run<'_>,
    output: &OutputConditions,
    condition: &OutputCondition,
    app: CodeVersion,
) -> Result<(), CallFailure> {
    let books = run.books();
    let query = FileQuery { mcd_output_code_actor_id: Some(condition.id), ..FileQuery::default() };
    let planned = books.output_files(&run.session, &query).await?;
    let is_deleted = condition.deletable == Some(1);
    if condition.returnable != Some(1) {
        if is_deleted && planned.is_empty() {
            let file = upload(output, condition, json!({"isDeleteTarget": 1, "deleteStatus": 2}));
            books.add_output_file(&run.session, &file).await?;
        }
        return Ok(());
    }
    let is_planned = |kind| planned.iter().any(|file| file.upload_file_type == Some(kind));
    let mut missing = Vec::new();
    if condition.request.is_some() && !is_planned(REQUESTED_DATA) {
        missing.push((REQUESTED_DATA, "-個別データ", false));
    }
    if !is_planned(USER_DATA) {
        missing.push((USER_DATA, "", is_deleted));
    }
    if missing.is_empty() {
        return Ok(());
    }
    let item = run.catalog().item_at(&run.session, app.value, app.ver).await?;
    let name = item.head.name.unwrap_or_default();
    for (kind, label, is_deleted) in missing {
        let file = json!({
            "uploadFileType": kind,
            "extDataRequested": 0,
            "fileName": format!("{}/{}-{}-{name}{label}.zip", output.code, app.value, app.ver),
            "isDeleteTarget": i64::from(is_deleted),
            "deleteStatus": i64::from(is_deleted),
        });
        books.add_output_file(&run.session, &upload(output, condition, file)).await?;
    }
    Ok(())
}

/// A file that an application uploads, with what is special about it.
fn upload(output: &OutputConditions, condition: &OutputCondition, special: Value) -> Value {
    let mut file = json!({
        "mcdOutputCodeActorId": condition.id,
        "code": output.code,
        "outputApproved": 1,
        "actor": condition.actor,
        "outputFileType": 2,
        "inputFileIsReady": 0,
        "outputStatus": 0,
        "processing": 0,
    });
    if let (Value::Object(file), Value::Object(special)) = (&mut file, special) {
        file.extend(special);
    }
    file
}

/// The one file that the resident downloads.
async fn plan_download(run: &Run<'_>, output: &OutputConditions) -> Result<(), CallFailure> {
    let books = run.books();
    let query = FileQuery { code: Some(&output.code), output_file_type: Some(1), ..FileQuery::default() };
    if !books.output_files(&run.session, &query).await?.is_empty() {
        return Ok(());
    }
    let label = match output.kind {
        OutputType::Disclosure => "開示請求",
        OutputType::RegionEnd | OutputType::AutomaticRegionEnd => "Region利用終了",
        OutputType::BookClose | OutputType::ForcedBookClose => "Book閉鎖",
    };
    let file = json!({
        "mcdOutputCodeActorId": null,
        "code": output.code,
        "outputApproved": 1,
        "actor": null,
        "outputFileType": 1,
        "uploadFileType": null,
        "extDataRequested": null,
        "fileName": format!("{}/{label}-返却データ.zip", output.code),
        "inputFileIsReady": 0,
        "isDeleteTarget": 0,
        "deleteStatus": 0,
        "outputStatus": 0,
        "processing": 0,
    });
    books.add_output_file(&run.session, &file).await
}

/// A book of which nothing is given back may be deleted once the pending term is over.
async fn reserve(run: &Run<'_>, output: &OutputConditions) -> Result<(), CallFailure> {
    let books = run.books();
    let query = OutputQuery { code: Some(&output.code), ..OutputQuery::default() };
    let found = books.outputs(&run.session, &query, 0).await?;
    match found.as_slice() {
        [one] if !one.book_close_available => books.reserve_deletion(&run.session, one.book_id).await,
        // Reserved already, or the book is gone.
        _ => Ok(()),
    }
}
