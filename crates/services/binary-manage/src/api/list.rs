//! The files of a block (spec: binary-manage 4.1).

use axum::{Json, extract::State};
use platform::{ApiError, Call, Fields, Incoming, Input, Institution, fields::Complaint};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use serde_json::Value;

use crate::{
    Files,
    integer::integer,
    store::{self, file_upload_manage},
};

/// How many files are shown when nobody says.
const USUAL: u64 = 10;

#[derive(Debug)]
pub(super) struct Page {
    status: Option<i64>,
    offset: u64,
    /// All, where there is none.
    limit: Option<u64>,
}

impl Input for Page {
    const ACCEPTS_BYTES: bool = true;

    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let status = fields.optional("status", integer);
        let offset = fields.optional("offset", count).unwrap_or_default();
        let limit = fields.optional("limit", count).unwrap_or(USUAL);
        let limit = Some(limit).filter(|limit| *limit > 0);
        fields.build(|| Some(Self { status, offset, limit }))
    }
}

fn count(value: &Value) -> Result<u64, Complaint> {
    integer(value)?.try_into().map_err(|_| Complaint::from("0以上で指定してください"))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileView {
    id: String,
    file_name: String,
    status: i16,
    chunk_count: i16,
}

/// Lists files, the oldest first. **Applications and members of the block.**
pub(super) async fn list(
    State(service): State<Files>,
    call: Call<Institution, Page>,
) -> Result<Json<Vec<FileView>>, ApiError> {
    service.own(call.who)?;
    let page = call.input;
    let mut files = store::files()
        .order_by_asc(file_upload_manage::Column::CreatedAt)
        .order_by_asc(file_upload_manage::Column::Id);
    if let Some(status) = page.status {
        // No file has a status that its column could not hold.
        let Ok(status) = i16::try_from(status) else { return Ok(Json(Vec::new())) };
        files = files.filter(file_upload_manage::Column::Status.eq(status));
    }
    // An offset needs a limit in SQLite.
    let limit = page.limit.unwrap_or(i64::MAX.unsigned_abs());
    let rows = files.offset(page.offset).limit(limit).all(service.ground.store.read()).await?;
    Ok(Json(rows.into_iter().map(FileView::from).collect()))
}

impl From<file_upload_manage::Model> for FileView {
    fn from(row: file_upload_manage::Model) -> Self {
        Self { id: row.id, file_name: row.file_name, status: row.status, chunk_count: row.chunk_count }
    }
}
