//! The routes, one file a matter.

mod chunk;
mod download;
mod list;
mod remove;
mod upload;

use platform::{ApiError, Fields, Incoming, Input, Routes, fields::text};
use serde::Serialize;

use crate::Files;

pub(crate) fn routes() -> Routes<Files> {
    Routes::new()
        .get("/binary-manage", list::list)
        .delete("/binary-manage/{manageId}", remove::remove)
        .post("/binary-manage/upload/start", upload::start)
        .post("/binary-manage/upload/{manageId}/{chunkNo}", chunk::keep)
        .post("/binary-manage/upload/end/{manageId}", upload::end)
        .post("/binary-manage/upload/cancel/{manageId}", upload::cancel)
        .post("/binary-manage/download/start/{manageId}", download::start)
        .post("/binary-manage/download/{manageId}/{chunkNo}", download::chunk)
        .post("/binary-manage/download/end/{manageId}", download::end)
        .post("/binary-manage/download/cancel/{manageId}", download::cancel)
}

/// The id of a file, in the path.
#[derive(Debug)]
struct FileId(String);

impl Input for FileId {
    const ACCEPTS_BYTES: bool = true;

    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let id = fields.required("manageId", text);
        fields.build(|| id.map(Self))
    }
}

/// How a step ended.
#[derive(Debug, Serialize)]
struct Ended {
    id: String,
    result: &'static str,
}

impl Ended {
    const fn complete(id: String) -> Self {
        Self { id, result: "Complete" }
    }

    const fn cancelled(id: String) -> Self {
        Self { id, result: "Canceled" }
    }
}
