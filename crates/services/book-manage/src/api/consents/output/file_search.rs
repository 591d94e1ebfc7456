//! Looking for the files of outputs (spec: book-manage 4.9.5).

use axum::{Json, extract::State};
use platform::{
    ApiError, Call, Fields, Incoming, Input, Member,
    fields::{any_text, array, code_version, strict_number},
};
use serde::Serialize;
use vocabulary::CodeVersion;

use super::{Part, code, processing, state, state_parameter};
use crate::{
    Books,
    api::consents::input::no_workflow,
    store::{
        mcd_output_code_actor, my_condition_book,
        output_files::{self, File, Sought},
        outputs::{self, Output},
    },
};

#[derive(Debug)]
pub(super) struct Search(Sought, Part);

impl Input for Search {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let query = Fields::of(&parameters);
        let approved = query.optional("approved", state_parameter);
        query.build(|| Some(()))?;
        let fields = crate::body::object(incoming)?;
        let sought = Sought {
            condition: fields.optional("mcdOutputCodeActorId", strict_number),
            code: fields.optional("code", any_text),
            output_types: fields.optional("outputTypes", array(strict_number)).unwrap_or_default(),
            actor: fields.optional("actor", code_version),
            app: fields.optional("app", code_version).map(|app| app.value),
            approved,
            output_file_type: fields.optional("outputFileType", state),
            upload_file_type: fields.optional("uploadFileType", state),
            notified: fields.optional("extDataRequested", state),
            prepared: fields.optional("inputFileIsReady", state),
            output_status: fields.optional("outputStatus", state),
            delete_spec: fields.optional("isDeleteTarget", state),
            delete_status: fields.optional("deleteStatus", state),
            is_processing: fields.optional("processing", strict_number).map(|processing| processing == 1),
        };
        no_workflow(&fields);
        let sought = fields.build(|| Some(sought))?;
        Ok(Self(sought, Part::read(incoming)?))
    }
}

/// A code in texts, as clients know it here.
#[derive(Debug, Serialize)]
struct CodeInTexts {
    #[serde(rename = "_value")]
    value: String,
    #[serde(rename = "_ver")]
    ver: String,
}

impl From<CodeVersion> for CodeInTexts {
    fn from(code: CodeVersion) -> Self {
        Self { value: code.value.to_string(), ver: code.ver.to_string() }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    id: String,
    pxr_id: String,
    mcd_output_code_id: i64,
    mcd_output_code_actor_id: Option<i64>,
    code: String,
    output_type: String,
    #[serde(rename = "s3Bucket")]
    bucket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<CodeInTexts>,
    actor: CodeVersion,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<CodeInTexts>,
    request: Option<String>,
    output_file_type: i16,
    upload_file_type: Option<i16>,
    ext_data_requested: Option<i16>,
    file_name: Option<String>,
    input_file_is_ready: i16,
    output_status: i16,
    is_delete_target: i16,
    delete_status: i16,
    processing: i64,
}

/// Finds files. **Members.**
pub(super) async fn search(
    State(service): State<Books>,
    call: Call<Member, Search>,
) -> Result<Json<Vec<Shown>>, ApiError> {
    let Search(sought, part) = call.input;
    let connection = service.ground.store.read();
    let files = output_files::search(connection, &sought, part.offset, part.limit).await?;
    let outputs = output_files::outputs(connection, &files).await?;
    let conditions = output_files::conditions(connection, &files).await?;
    let books = outputs::books(connection, outputs.iter().map(|output| output.book_id)).await?;
    let shown = files.into_iter().filter_map(|file| {
        let output =
            outputs.iter().find(|output| output.code.as_deref() == Some(file.mcd_output_code.as_str()))?;
        let book = books.iter().find(|book| book.id == output.book_id)?;
        let condition = conditions.iter().find(|one| Some(one.id) == file.mcd_output_code_actor_id);
        Some(shown(&service, file, output, book, condition))
    });
    Ok(Json(shown.collect()))
}

fn shown(
    service: &Books,
    file: File,
    output: &Output,
    book: &my_condition_book::Model,
    condition: Option<&mcd_output_code_actor::Model>,
) -> Shown {
    let actor = condition.map(|one| CodeVersion::new(one.actor_catalog_code, one.actor_catalog_version));
    let app = condition.and_then(|one| code(one.app_catalog_code, one.app_catalog_version));
    Shown {
        id: file.id.to_string(),
        pxr_id: book.pxr_id.clone(),
        mcd_output_code_id: output.id,
        mcd_output_code_actor_id: file.mcd_output_code_actor_id,
        code: file.mcd_output_code,
        output_type: output.output_type.to_string(),
        bucket: output.bucket_name.clone(),
        expiration_date: service.time(output.presigned_url_expire_at),
        region: code(output.region_catalog_code, output.region_catalog_version).map(Into::into),
        actor: actor.unwrap_or(CodeVersion::new(0, 0)),
        app: app.map(Into::into),
        request: condition.and_then(|one| one.ind_request.clone()),
        output_file_type: file.output_file_type,
        upload_file_type: file.upload_file_type,
        ext_data_requested: file.notification_status,
        file_name: file.file_name,
        input_file_is_ready: file.input_file_preparation_status,
        output_status: file.output_status,
        is_delete_target: file.delete_data_spec,
        delete_status: file.delete_status,
        processing: processing(file.is_processing),
    }
}
