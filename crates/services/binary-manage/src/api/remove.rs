//! Deleting files (spec: binary-manage 4.2, 6.9).

use axum::{Json, extract::State};
use platform::{ApiError, Author, Call, Fields, Incoming, Input, Institution, fields::text, update_rows};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;

use crate::{
    Files,
    store::{file_upload_data, file_upload_manage},
};

/// The id of a file; whatever a client accepts, deleting has no use for it.
#[derive(Debug)]
pub(super) struct Unwanted(String);

impl Input for Unwanted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let id = fields.required("manageId", text);
        fields.build(|| id.map(Self))
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Removed {
    id: String,
}

/// Deletes a file and what it holds; an unknown one is as good as deleted. **Applications and members of the block.**
pub(super) async fn remove(
    State(service): State<Files>,
    call: Call<Institution, Unwanted>,
) -> Result<Json<Removed>, ApiError> {
    let session = service.own(call.who)?;
    let Unwanted(id) = call.input;
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    // The file first: whoever adds a chunk holds it, and finds it deleted afterwards.
    update_rows!(
        &tx, author, file_upload_manage, { IsDisabled: true },
        file_upload_manage::Column::Id.eq(id.as_str()), file_upload_manage::Column::IsDisabled.eq(false),
    )?;
    file_upload_data::Entity::delete_many()
        .filter(file_upload_data::Column::FileUploadManageId.eq(id.as_str()))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    tracing::info!(target: "audit", what = "deleted", by = session.login_id, file = id, "file");
    Ok(Json(Removed { id }))
}
