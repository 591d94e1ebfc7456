//! Uploading a file: its beginning and its end (spec: binary-manage 4.3, 4.5, 4.6).

use axum::{Json, extract::State};
use platform::{AnyOperator, ApiError, Author, Call, Incoming, Input, fields::short_text, new_row};
use sea_orm::ActiveModelTrait;
use serde::Serialize;
use vocabulary::random;

use super::{Ended, FileId};
use crate::{
    Files,
    integer::integer,
    refusal::Refusal,
    status::Status,
    store::{self, file_upload_manage},
};

#[derive(Debug)]
pub(super) struct NewFile {
    name: String,
    chunk_count: i64,
}

impl Input for NewFile {
    const ACCEPTS_BYTES: bool = true;

    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.body().is_array() {
            return Err(Refusal::Array.into());
        }
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let fields = incoming.fields();
        let name = fields.required("fileName", short_text);
        let chunk_count = fields.required("chunkCount", integer);
        fields.build(|| Some(Self { name: name?, chunk_count: chunk_count? }))
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Started {
    id: String,
}

/// Announces a file and how many chunks it will have. **Any operator.**
pub(super) async fn start(
    State(service): State<Files>,
    call: Call<AnyOperator, NewFile>,
) -> Result<Json<Started>, ApiError> {
    let (AnyOperator(session), file) = (call.who, call.input);
    let chunk_count = service.in_range("chunkCount", file.chunk_count)?;
    let author = Author::new(&service.ground, &session);
    let id = random::uuid().to_string();
    let row = new_row!(
        author,
        file_upload_manage {
            id: id.clone(),
            file_name: file.name,
            status: Status::Uploading.number(),
            chunk_count: chunk_count,
        }
    );
    row.insert(service.ground.store.read()).await?;
    Ok(Json(Started { id }))
}

/// Ends an upload, once all chunks are there; one that was ended before stays so. **Any operator.**
pub(super) async fn end(
    State(service): State<Files>,
    call: Call<AnyOperator, FileId>,
) -> Result<Json<Ended>, ApiError> {
    let (AnyOperator(session), FileId(id)) = (call.who, call.input);
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let file = store::held(&tx, &id).await?.ok_or(Refusal::NoSuchFile)?;
    if file.status == Status::Uploaded.number() {
        return Ok(Json(Ended::complete(id)));
    }
    let is_whole = store::chunk_count(&tx, &id).await? == u64::try_from(file.chunk_count).unwrap_or(0);
    if file.status != Status::Uploading.number() || !is_whole {
        return Err(Refusal::UploadIncomplete.into());
    }
    store::set_status(&tx, &author, &id, Status::Uploaded).await?;
    tx.commit().await?;
    Ok(Json(Ended::complete(id)))
}

/// Gives an upload up; a file that was uploaded stays as it is. **Any operator.**
pub(super) async fn cancel(
    State(service): State<Files>,
    call: Call<AnyOperator, FileId>,
) -> Result<Json<Ended>, ApiError> {
    let (AnyOperator(session), FileId(id)) = (call.who, call.input);
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let file = store::held(&tx, &id).await?;
    if file.is_some_and(|file| file.may(Status::may_cancel_upload)) {
        store::set_status(&tx, &author, &id, Status::UploadCancelled).await?;
    }
    tx.commit().await?;
    Ok(Json(Ended::cancelled(id)))
}

impl Files {
    /// A number or a count of chunks.
    pub(super) fn in_range(&self, name: &'static str, number: i64) -> Result<i16, Refusal> {
        let max = self.settings.chunk_count_max;
        let number = i16::try_from(number).ok().filter(|number| (1..=max).contains(number));
        number.ok_or(Refusal::OutOfRange(name, max))
    }
}
