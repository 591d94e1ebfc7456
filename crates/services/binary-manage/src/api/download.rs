//! Downloading a file (spec: binary-manage 4.7 to 4.10, 6.6, 6.7).

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header::CONTENT_TYPE};
use platform::{AnyOperator, ApiError, Author, Call};
use serde::Serialize;

use super::{Ended, FileId, chunk::ChunkNumber};
use crate::{Files, refusal::Refusal, status::Status, store};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Started {
    id: String,
    chunk_count: u64,
    file_name: String,
}

/// Says how many chunks a file has that was uploaded. **Any operator.**
pub(super) async fn start(
    State(service): State<Files>,
    call: Call<AnyOperator, FileId>,
) -> Result<Json<Started>, ApiError> {
    let (AnyOperator(session), FileId(id)) = (call.who, call.input);
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let file = store::held(&tx, &id).await?.filter(|file| file.may(Status::may_start_download));
    let file = file.ok_or(Refusal::NoSuchFile)?;
    let chunk_count = store::chunk_count(&tx, &id).await?;
    if chunk_count == 0 {
        return Err(Refusal::NoSuchFile.into());
    }
    store::set_status(&tx, &author, &id, Status::Downloading).await?;
    tx.commit().await?;
    Ok(Json(Started { id, chunk_count, file_name: file.file_name }))
}

/// Gives one chunk, as bytes. **Any operator.**
pub(super) async fn chunk(
    State(service): State<Files>,
    call: Call<AnyOperator, ChunkNumber>,
) -> Result<Response, ApiError> {
    let ChunkNumber { file, number } = call.input;
    let number = service.in_range("chunkNo", number)?;
    let bytes = store::bytes(service.ground.store.read(), &file, number).await?;
    let bytes = bytes.ok_or(Refusal::NoSuchChunk)?;
    let kind = HeaderValue::from_static("application/octet-stream");
    Ok(([(CONTENT_TYPE, kind)], bytes).into_response())
}

/// Ends a download of a file that is whole. **Any operator.**
pub(super) async fn end(
    State(service): State<Files>,
    call: Call<AnyOperator, FileId>,
) -> Result<Json<Ended>, ApiError> {
    let (AnyOperator(session), FileId(id)) = (call.who, call.input);
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let file = store::held(&tx, &id).await?.ok_or(Refusal::NoSuchFile)?;
    let is_whole = store::chunk_count(&tx, &id).await? == u64::try_from(file.chunk_count).unwrap_or(0);
    if !is_whole || !file.may(Status::may_end_download) {
        return Err(Refusal::DownloadIncomplete.into());
    }
    store::set_status(&tx, &author, &id, Status::Downloaded).await?;
    tx.commit().await?;
    Ok(Json(Ended::complete(id)))
}

/// Gives a download up; a file that nobody downloads stays as it is. **Any operator.**
pub(super) async fn cancel(
    State(service): State<Files>,
    call: Call<AnyOperator, FileId>,
) -> Result<Json<Ended>, ApiError> {
    let (AnyOperator(session), FileId(id)) = (call.who, call.input);
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let file = store::held(&tx, &id).await?;
    if file.is_some_and(|file| file.may(Status::may_cancel_download)) {
        store::set_status(&tx, &author, &id, Status::DownloadCancelled).await?;
    }
    tx.commit().await?;
    Ok(Json(Ended::cancelled(id)))
}
