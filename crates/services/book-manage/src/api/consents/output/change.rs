//! Changing an output (spec: book-manage 4.9.2).

use axum::{Json, extract::State};
use platform::{ApiError, Author, Call, Incoming, Input, Member};
use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::{path_id, search::Members};
use crate::{
    Books,
    api::Done,
    body,
    refusal::Refusal,
    store::{my_condition_data_output_code, outputs},
};

#[derive(Debug)]
pub(super) struct Change {
    id: i64,
    members: Members,
}

impl Input for Change {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let members = Members::read(&fields)?;
        for (name, code) in [("actor", members.actor), ("region", members.region), ("app", members.app)] {
            if code.is_some_and(|(_, version)| version.is_none()) {
                fields.refuse(name, "バージョンを指定してください");
            }
        }
        let id = path_id(incoming).ok_or(Refusal::NoSuchOutput)?;
        fields.build(|| Some(Self { id, members }))
    }
}

/// Changes the state of an output; whose it is and its code stay. **Members.**
pub(super) async fn change(
    State(service): State<Books>,
    call: Call<Member, Change>,
) -> Result<Json<Done>, ApiError> {
    let Change { id, members } = call.input;
    let tx = service.ground.store.write().await?;
    let known = outputs::locked(&tx, id).await?.ok_or(Refusal::NoSuchOutput)?;
    let is_another = members.book.is_some_and(|book| book != known.book_id)
        || members.code.as_ref().is_some_and(|code| Some(code) != known.code.as_ref());
    if is_another {
        return Err(Refusal::FixedOutput.into());
    }
    // Batches lock an output so: of two at once, one gets it.
    if members.processing == Some(1) && known.is_processing {
        return Err(Refusal::InWork.into());
    }
    let mut row = known.into_active_model();
    set(&service, &mut row, members);
    outputs::update(&tx, &Author::new(&service.ground, &call.who.0), row).await?;
    tx.commit().await?;
    Ok(Json(Done::SUCCESS))
}

/// Sets what was sent. Texts and codes cannot be emptied, as clients know it.
fn set(service: &Books, row: &mut my_condition_data_output_code::ActiveModel, members: Members) {
    if let Some(kind) = members.kind.filter(|kind| *kind != 0) {
        row.output_type = Set(kind);
    }
    if let Some((code, version)) = members.actor {
        (row.actor_catalog_code, row.actor_catalog_version) = (Set(Some(code)), Set(version));
    }
    if let Some((code, version)) = members.region {
        (row.region_catalog_code, row.region_catalog_version) = (Set(Some(code)), Set(version));
    }
    if let Some((code, version)) = members.app {
        (row.app_catalog_code, row.app_catalog_version) = (Set(Some(code)), Set(version));
    }
    if let Some(bucket) = members.bucket.filter(|bucket| !bucket.is_empty()) {
        row.bucket_name = Set(Some(bucket));
    }
    if let Some(at) = members.expiration {
        row.presigned_url_expire_at = Set(Some(service.ground.store.column(at)));
    }
    if members.status.is_some() {
        row.presigned_url_status = Set(members.status);
    }
    if members.approved.is_some() {
        row.release_cooperate_approval_status = Set(members.approved);
    }
    if members.canceled.is_some() {
        row.release_cooperate_status = Set(members.canceled);
    }
    if members.service_canceled.is_some() {
        row.release_service_cooperate_status = Set(members.service_canceled);
    }
    if let Some(processing) = members.processing {
        row.is_processing = Set(processing == 1);
    }
}
