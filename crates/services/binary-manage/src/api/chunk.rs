//! Uploading one chunk (spec: binary-manage 4.4, 6.2).
//!
//! A chunk is stored under the number it is sent with, in whatever order chunks come.

use axum::{Json, extract::State};
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use platform::{
    AnyOperator, ApiError, Author, Call, Fields, Incoming, Input, describe::Body, fields::text, new_row,
};
use serde::Serialize;

use crate::{
    Files,
    integer::integer,
    refusal::Refusal,
    status::Status,
    store::{self, file_upload_data},
};

/// The file and the number of a chunk, in the path.
#[derive(Debug)]
pub(super) struct ChunkNumber {
    pub(super) file: String,
    pub(super) number: i64,
}

impl Input for ChunkNumber {
    const ACCEPTS_BYTES: bool = true;

    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let file = fields.required("manageId", text);
        let number = fields.required("chunkNo", integer);
        fields.build(|| Some(Self { file: file?, number: number? }))
    }
}

/// The bytes of a chunk, all that were announced.
#[derive(Debug)]
pub(super) struct Data(Bytes);

impl Input for Data {
    const ACCEPTS_BYTES: bool = true;
    const BODY: Body = Body::Bytes;

    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let kind = incoming.header("content-type").unwrap_or_default();
        if incoming.bytes.is_empty() {
            return Err(Refusal::NoData.into());
        }
        if !kind.contains("application/octet-stream") {
            return Err(Refusal::NotBytes.into());
        }
        let encoded = incoming.headers.get(CONTENT_ENCODING);
        if encoded.is_some_and(|encoding| encoding != "identity") {
            return Err(Refusal::Encoded.into());
        }
        let announced = incoming.headers.get(CONTENT_LENGTH).map(|length| length.to_str().ok()?.parse().ok());
        if announced.is_some_and(|length| length != Some(incoming.bytes.len())) {
            return Err(Refusal::Length.into());
        }
        Ok(Self(incoming.bytes.clone()))
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kept {
    id: String,
    chunk_no: i16,
}

/// Keeps a chunk of a file that is being uploaded. **Any operator.**
pub(super) async fn keep(
    State(service): State<Files>,
    call: Call<AnyOperator, (ChunkNumber, Data)>,
) -> Result<Json<Kept>, ApiError> {
    let (AnyOperator(session), (ChunkNumber { file: id, number }, Data(bytes))) = (call.who, call.input);
    let number = service.in_range("chunkNo", number)?;
    let max = service.settings.chunk_bytes_max;
    if bytes.len() > max {
        return Err(Refusal::TooLarge(max).into());
    }
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let file = store::held(&tx, &id).await?.ok_or(Refusal::NoSuchFile)?;
    if store::has_chunk(&tx, &id, number).await? {
        return Err(Refusal::ChunkExists.into());
    }
    if file.status != Status::Uploading.number() {
        return Err(Refusal::NotUploading.into());
    }
    if number > file.chunk_count {
        return Err(Refusal::BeyondFile.into());
    }
    let row = new_row!(author, file_upload_data without is_disabled {
        file_upload_manage_id: id.clone(),
        seq_no: i64::from(number),
        file_data: bytes.to_vec(),
    });
    store::add_chunk(&tx, row).await?;
    tx.commit().await?;
    Ok(Json(Kept { id, chunk_no: number }))
}
