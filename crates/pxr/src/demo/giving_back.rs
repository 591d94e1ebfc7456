//! What the people of the scenario do by hand when a resident leaves with his data: files are produced and handed over,
//! and the time passes after which his book may be deleted.

use chrono::TimeDelta;
use contract::{
    book_manage::BookManageClient,
    data_output::{FileQuery, OutputQuery},
};
use platform::Outgoing;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use story::StageError;
use vocabulary::{Code, ServiceName};

use super::stage::DemoError;
use crate::{assembly::Block, certificates::platform_member};

/// Marks the files of an application as handed over, and its data as to be deleted (spec: scenario E1-8, E2-3).
pub(super) async fn mark_files(root: &Block, app: &Block, actor: i64) -> Result<(), StageError> {
    let books = BookManageClient::new(root.neighbourhood());
    let member = platform_member(&root.config)?;
    let files =
        books.output_files(&member, &FileQuery { processing: Some(0), ..FileQuery::default() }).await?;
    let operator = platform_member(&app.config)?;
    for file in files.iter().filter(|file| file.actor.is_some_and(|of| of.value == Code(actor))) {
        let mut change = json!({"outputStatus": 1, "inputFileIsReady": 1});
        if file.delete_status == Some(1) {
            change["deleteStatus"] = json!(2);
        }
        let path = format!("/book-manage/output/condition/data_mng/{}", file.id);
        let request = Outgoing::put(path).session(&operator).json(&change);
        let answer = root.channel.send(ServiceName::BookManage, request).await?;
        if answer.status != http::StatusCode::OK {
            return Err(format!("file {}: {}", file.id, String::from_utf8_lossy(&answer.body)).into());
        }
    }
    Ok(())
}

/// Reserves the deletion of a resident's book, and lets the pending term pass (spec: scenario E2-5).
pub(super) async fn reserve_deletion(root: &Block, pxr_id: &str) -> Result<(), StageError> {
    const MORE_THAN_THE_TERM: TimeDelta = TimeDelta::days(15);
    let books = BookManageClient::new(root.neighbourhood());
    let member = platform_member(&root.config)?;
    let query = OutputQuery { pxr_id: Some(pxr_id), ..OutputQuery::default() };
    let outputs = books.outputs(&member, &query, 0).await?;
    let output = outputs.last().ok_or("the resident gives nothing back")?;
    books.reserve_deletion(&member, output.book_id).await?;
    let ground = root.ground(ServiceName::BookManage);
    let ground = ground.ok_or_else(|| DemoError::NotRunning("book-manage".to_owned()))?;
    let since = ground.store.column(ground.clock.now() - MORE_THAN_THE_TERM);
    let question = "update my_condition_book set book_close_available_at = $1 where id = $2";
    let values = [since.into(), output.book_id.into()];
    let passed = Statement::from_sql_and_values(ground.store.backend(), question, values);
    ground.store.read().execute_raw(passed).await?;
    Ok(())
}
