//! Looking for output codes (spec: book-manage 4.9.1).

use axum::{Json, extract::State};
use platform::{
    ApiError, Call, Fields, Incoming, Input,
    fields::{any_text, instant, strict_number},
};
use serde::Serialize;
use vocabulary::{Code, CodeVersion, Instant, Session};

use super::{Part, any_version, code, processing, state};
use crate::{
    Books,
    api::consents::{Staff, input::no_workflow},
    body,
    neighbours::of_item,
    refusal::Refusal,
    store::{
        my_condition_book,
        outputs::{self, Output, Sought},
    },
};

/// What the members of an output may be; those that a change may set, too.
#[derive(Debug)]
pub(super) struct Members {
    pub(super) book: Option<i64>,
    pub(super) pxr_id: Option<String>,
    pub(super) code: Option<String>,
    pub(super) kind: Option<i64>,
    pub(super) actor: Option<(i64, Option<i64>)>,
    pub(super) region: Option<(i64, Option<i64>)>,
    pub(super) app: Option<(i64, Option<i64>)>,
    pub(super) bucket: Option<String>,
    pub(super) expiration: Option<Instant>,
    pub(super) status: Option<i16>,
    pub(super) approved: Option<i16>,
    pub(super) canceled: Option<i16>,
    pub(super) service_canceled: Option<i16>,
    pub(super) processing: Option<i64>,
}

impl Members {
    pub(super) fn read(fields: &Fields<'_>) -> Result<Self, ApiError> {
        let members = Self {
            book: fields.optional("bookId", strict_number),
            pxr_id: fields.optional("pxrId", any_text),
            code: fields.optional("code", any_text),
            kind: fields.optional("type", strict_number),
            actor: fields.optional("actor", any_version),
            region: fields.optional("region", any_version),
            app: fields.optional("app", any_version),
            bucket: fields.optional("s3Bucket", any_text),
            expiration: fields.optional("expirationDate", instant),
            status: fields.optional("status", state),
            approved: fields.optional("cooperationCancelApproved", state),
            canceled: fields.optional("cooperationCanceled", state),
            service_canceled: fields.optional("cooperationServiceCanceled", state),
            processing: fields.optional("processing", strict_number),
        };
        no_workflow(fields);
        fields.build(|| Some(members))
    }
}

#[derive(Debug)]
pub(super) struct Search(Members, Part);

impl Input for Search {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        Ok(Self(Members::read(&body::object(incoming)?)?, Part::read(incoming)?))
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    id: i64,
    book_id: i64,
    pxr_id: String,
    code: Option<String>,
    #[serde(rename = "type")]
    kind: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<CodeVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<CodeVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<CodeVersion>,
    #[serde(rename = "s3Bucket")]
    bucket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dl_url_expiration_date: Option<String>,
    status: Option<i16>,
    book_close_available: bool,
    cooperation_cancel_approved: Option<i16>,
    cooperation_canceled: Option<i16>,
    cooperation_service_canceled: Option<i16>,
    processing: i64,
}

/// Finds outputs; those that a batch works on only when asked for. **Members and applications; those of an application's
/// actor about one of its applications.**
pub(super) async fn search(
    State(service): State<Books>,
    call: Call<Staff, Search>,
) -> Result<Json<Vec<Shown>>, ApiError> {
    let Search(members, part) = call.input;
    may_search(&service, &call.who.0, members.app.map(|(app, _)| Code(app))).await?;
    let only = |code: Option<(i64, Option<i64>)>| code.map(|(code, _)| Code(code));
    let sought = Sought {
        book: members.book,
        pxr_id: members.pxr_id,
        code: members.code,
        kind: members.kind,
        actor: only(members.actor),
        region: only(members.region),
        app: only(members.app),
        bucket: members.bucket,
        expires_until: members.expiration.map(|at| service.ground.store.column(at)),
        presigned: members.status,
        approved: members.approved,
        released: members.canceled,
        service_released: members.service_canceled,
        is_processing: members.processing == Some(1),
    };
    let connection = service.ground.store.read();
    let found = outputs::search(connection, &sought, part.offset, part.limit).await?;
    let books = outputs::books(connection, found.iter().map(|output| output.book_id)).await?;
    let shown = found.into_iter().filter_map(|output| {
        let book = books.iter().find(|book| book.id == output.book_id)?;
        Some(shown(&service, output, book))
    });
    Ok(Json(shown.collect()))
}

async fn may_search(service: &Books, session: &Session, app: Option<Code>) -> Result<(), ApiError> {
    let own = session.actor.ok_or(Refusal::NotPermitted)?;
    let actor = service.catalog.item(session, own.value).await.map_err(of_item)?;
    if actor.head.ns.contains("/actor/wf") {
        return Err(Refusal::Workflow.into());
    }
    if !actor.head.ns.contains("/actor/app") {
        return Ok(());
    }
    let app = app.ok_or(Refusal::Input("アプリケーションを指定してください"))?;
    if actor.codes("application").iter().any(|one| one.value == app) {
        Ok(())
    } else {
        Err(Refusal::NotItsApplication.into())
    }
}

fn shown(service: &Books, output: Output, book: &my_condition_book::Model) -> Shown {
    Shown {
        id: output.id,
        book_id: output.book_id,
        pxr_id: book.pxr_id.clone(),
        code: output.code,
        kind: output.output_type,
        actor: code(output.actor_catalog_code, output.actor_catalog_version),
        region: code(output.region_catalog_code, output.region_catalog_version),
        app: code(output.app_catalog_code, output.app_catalog_version),
        bucket: output.bucket_name,
        dl_url_expiration_date: service.time(output.presigned_url_expire_at),
        status: output.presigned_url_status,
        book_close_available: book.book_close_available,
        cooperation_cancel_approved: output.release_cooperate_approval_status,
        cooperation_canceled: output.release_cooperate_status,
        cooperation_service_canceled: output.release_service_cooperate_status,
        processing: processing(output.is_processing),
    }
}
