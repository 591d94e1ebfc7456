//! The routes, one file a matter.

mod chunk;
mod download;
mod list;
mod remove;
mod upload;

use axum::{
    Router,
    routing::{delete, get, post},
};
use platform::{ApiError, Fields, Incoming, Input, fields::text};
use serde::Serialize;

use crate::Files;

pub(crate) fn routes(service: Files) -> Router {
    Router::new()
        .route("/binary-manage", get(list::list))
        .route("/binary-manage/{manageId}", delete(remove::remove))
        .route("/binary-manage/upload/start", post(upload::start))
        .route("/binary-manage/upload/{manageId}/{chunkNo}", post(chunk::keep))
        .route("/binary-manage/upload/end/{manageId}", post(upload::end))
        .route("/binary-manage/upload/cancel/{manageId}", post(upload::cancel))
        .route("/binary-manage/download/start/{manageId}", post(download::start))
        .route("/binary-manage/download/{manageId}/{chunkNo}", post(download::chunk))
        .route("/binary-manage/download/end/{manageId}", post(download::end))
        .route("/binary-manage/download/cancel/{manageId}", post(download::cancel))
        .with_state(service)
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
