//! The files of an output (spec: book-manage 4.9.4, 4.9.5).

use axum::{Json, extract::State};
use platform::{
    ApiError, Author, Call, Fields, Incoming, Input, Member,
    fields::{any_text, code_version, strict_number, text},
    new_row,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use serde_json::{Map, Value, json};
use vocabulary::CodeVersion;

use super::{path_id, processing, state};
use crate::{
    Books, body,
    refusal::Refusal,
    store::{mcd_output_code_data_file, output_files, outputs},
};

/// The members of a file.
#[derive(Debug)]
struct Members {
    condition: Option<i64>,
    code: Option<String>,
    actor: Option<CodeVersion>,
    approved: Option<i16>,
    output_file_type: Option<i16>,
    upload_file_type: Option<i16>,
    notified: Option<i16>,
    file_name: Option<String>,
    prepared: Option<i16>,
    output_status: Option<i16>,
    delete_spec: Option<i16>,
    delete_status: Option<i16>,
    processing: Option<i64>,
}

impl Members {
    fn read(fields: &Fields<'_>) -> Self {
        Self {
            condition: fields.optional("mcdOutputCodeActorId", strict_number),
            code: fields.optional("code", text),
            actor: fields.optional("actor", code_version),
            approved: fields.optional("outputApproved", state),
            output_file_type: fields.optional("outputFileType", state),
            upload_file_type: fields.optional("uploadFileType", state),
            notified: fields.optional("extDataRequested", state),
            file_name: fields.optional("fileName", any_text),
            prepared: fields.optional("inputFileIsReady", state),
            output_status: fields.optional("outputStatus", state),
            delete_spec: fields.optional("isDeleteTarget", state),
            delete_status: fields.optional("deleteStatus", state),
            processing: fields.optional("processing", strict_number),
        }
    }
}

#[derive(Debug)]
pub(super) struct NewFile(Members);

impl Input for NewFile {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let members = Members::read(&fields);
        for name in [
            "code",
            "outputFileType",
            "inputFileIsReady",
            "outputStatus",
            "isDeleteTarget",
            "deleteStatus",
            "processing",
        ] {
            if fields.raw(name).is_none() {
                fields.refuse(name, platform::fields::REQUIRED);
            }
        }
        fields.build(|| Some(Self(members)))
    }
}

/// Adds a file to an output. **Members.**
pub(super) async fn create(
    State(service): State<Books>,
    call: Call<Member, NewFile>,
) -> Result<Json<Value>, ApiError> {
    let NewFile(members) = call.input;
    let author = Author::new(&service.ground, &call.who.0);
    let code = members.code.clone().unwrap_or_default();
    let tx = service.ground.store.write().await?;
    if !outputs::exists(&tx, &code).await? {
        return Err(Refusal::UnknownOutputCode.into());
    }
    let row = new_row!(
        author,
        mcd_output_code_data_file {
            mcd_output_code_actor_id: members.condition,
            mcd_output_code: code,
            actor_catalog_code: members.actor.map(|actor| actor.value.0),
            actor_catalog_version: members.actor.map(|actor| actor.ver.0),
            output_data_approval_status: members.approved,
            output_file_type: members.output_file_type.unwrap_or_default(),
            upload_file_type: members.upload_file_type,
            notification_status: members.notified,
            file_name: members.file_name.clone(),
            input_file_preparation_status: members.prepared.unwrap_or_default(),
            output_status: members.output_status.unwrap_or_default(),
            delete_data_spec: members.delete_spec.unwrap_or_default(),
            delete_status: members.delete_status.unwrap_or_default(),
            is_processing: members.processing == Some(1),
        }
    );
    let id = row.insert(&tx).await?.id;
    tx.commit().await?;
    // Ids are texts here, as clients know them.
    let mut answer = Map::from_iter([("id".to_owned(), json!(id.to_string()))]);
    answer.extend(sent(&members));
    Ok(Json(Value::Object(answer)))
}

/// The members as they were sent, numbers as numbers.
fn sent(members: &Members) -> Map<String, Value> {
    let actor = members.actor.map_or_else(|| json!({}), |actor| json!(actor));
    let all = [
        ("mcdOutputCodeActorId", json!(members.condition)),
        ("code", json!(members.code)),
        ("actor", actor),
        ("outputApproved", json!(members.approved)),
        ("outputFileType", json!(members.output_file_type)),
        ("uploadFileType", json!(members.upload_file_type)),
        ("extDataRequested", json!(members.notified)),
        ("fileName", json!(members.file_name)),
        ("inputFileIsReady", json!(members.prepared)),
        ("outputStatus", json!(members.output_status)),
        ("isDeleteTarget", json!(members.delete_spec)),
        ("deleteStatus", json!(members.delete_status)),
        ("processing", json!(members.processing)),
    ];
    let there = all.into_iter().filter(|(_, value)| !value.is_null());
    there.map(|(name, value)| (name.to_owned(), value)).collect()
}

#[derive(Debug)]
pub(super) struct Change {
    id: i64,
    members: Members,
}

impl Input for Change {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let members = Members::read(&fields);
        let id = path_id(incoming).ok_or(Refusal::NoSuchFile)?;
        fields.build(|| Some(Self { id, members }))
    }
}

/// Changes a file. **Members.**
pub(super) async fn change(
    State(service): State<Books>,
    call: Call<Member, Change>,
) -> Result<Json<Value>, ApiError> {
    let Change { id, members } = call.input;
    let tx = service.ground.store.write().await?;
    let known = output_files::locked(&tx, id).await?.ok_or(Refusal::NoSuchFile)?;
    if members.processing == Some(1) && known.is_processing {
        return Err(Refusal::InWork.into());
    }
    if let Some(code) = members.code.as_ref().filter(|code| **code != known.mcd_output_code)
        && !outputs::exists(&tx, code).await?
    {
        return Err(Refusal::UnknownOutputCode.into());
    }
    let mut row = known.into_active_model();
    set(&mut row, &members);
    let file = output_files::update(&tx, &Author::new(&service.ground, &call.who.0), row).await?;
    tx.commit().await?;
    Ok(Json(changed(&file, &members)))
}

/// Sets what was sent; what may be empty cannot be emptied, as clients know it.
fn set(row: &mut mcd_output_code_data_file::ActiveModel, members: &Members) {
    let given = |number: Option<i16>| number.filter(|number| *number != 0);
    if let Some(condition) = members.condition.filter(|condition| *condition != 0) {
        row.mcd_output_code_actor_id = Set(Some(condition));
    }
    if let Some(code) = &members.code {
        row.mcd_output_code = Set(code.clone());
    }
    if let Some(actor) = members.actor {
        row.actor_catalog_code = Set(Some(actor.value.0));
        row.actor_catalog_version = Set(Some(actor.ver.0));
    }
    if let Some(kind) = given(members.output_file_type) {
        row.output_file_type = Set(kind);
    }
    if let Some(kind) = given(members.upload_file_type) {
        row.upload_file_type = Set(Some(kind));
    }
    if let Some(name) = members.file_name.as_ref().filter(|name| !name.is_empty()) {
        row.file_name = Set(Some(name.clone()));
    }
    if members.approved.is_some() {
        row.output_data_approval_status = Set(members.approved);
    }
    if members.notified.is_some() {
        row.notification_status = Set(members.notified);
    }
    if let Some(prepared) = members.prepared {
        row.input_file_preparation_status = Set(prepared);
    }
    if let Some(status) = members.output_status {
        row.output_status = Set(status);
    }
    if let Some(spec) = members.delete_spec {
        row.delete_data_spec = Set(spec);
    }
    if let Some(status) = members.delete_status {
        row.delete_status = Set(status);
    }
    if let Some(processing) = members.processing {
        row.is_processing = Set(processing == 1);
    }
}

/// The file as it is now. Codes that were not sent are texts, those that were are numbers, as clients know it.
fn changed(file: &output_files::File, members: &Members) -> Value {
    let known = |code: Option<i64>| code.map(|code| code.to_string());
    let condition = match members.condition.filter(|condition| *condition != 0) {
        Some(sent) => json!(sent),
        None => json!(known(file.mcd_output_code_actor_id)),
    };
    let actor = match members.actor {
        Some(sent) => json!(sent),
        None => json!({"_value": known(file.actor_catalog_code), "_ver": known(file.actor_catalog_version)}),
    };
    json!({
        "mcdOutputCodeActorId": condition,
        "code": file.mcd_output_code,
        "actor": actor,
        "outputApproved": file.output_data_approval_status,
        "outputFileType": file.output_file_type,
        "uploadFileType": file.upload_file_type,
        "extDataRequested": file.notification_status,
        "fileName": file.file_name,
        "inputFileIsReady": file.input_file_preparation_status,
        "outputStatus": file.output_status,
        "isDeleteTarget": file.delete_data_spec,
        "deleteStatus": file.delete_status,
        "processing": processing(file.is_processing),
    })
}
