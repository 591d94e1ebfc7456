//! Deleting a region (spec: catalog-update 4.3.3).

use axum::{Json, extract::State};
use http::StatusCode;
use platform::{
    ApiError, Author, Call, Incoming, Input, Member,
    fields::{any_text, strict_number},
};
use serde_json::{Value, json};
use vocabulary::{Code, CodeVersion, Session};

use super::{
    OPEN,
    record::{Change, DELETION},
};
use crate::{
    CatalogUpdate,
    audit::audit,
    items::{actor_of, unwritable},
    refusal::Refusal,
    store::Approvals,
};

#[derive(Debug)]
pub(in crate::api) struct Deletion {
    draft: Option<i64>,
    region: Code,
    comment: Option<String>,
    is_draft: bool,
}

impl Input for Deletion {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        crate::api::check_object(incoming)?;
        let fields = incoming.fields();
        let draft = fields.optional("id", strict_number);
        let region = fields.required("regionCode", strict_number);
        let comment = fields.optional("comment", any_text);
        let is_draft =
            fields.required("isDraft", |value| value.as_bool().ok_or("真偽値ではありません".into()));
        fields.build(|| Some(Self { draft, region: Code(region?), comment, is_draft: is_draft? }))
    }
}

/// Deletes a region of the operator's actor, or keeps a draft of it. **Members of a region's actor.**
pub(in crate::api) async fn delete(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Deletion>,
) -> Result<Json<Value>, ApiError> {
    let (session, deletion) = (call.who.0, call.input);
    let mut change = Change {
        kind: DELETION,
        applicant: actor_of(&session)?,
        draft: deletion.draft.filter(|id| *id != 0),
        region: Some(CodeVersion::new(deletion.region.0, 1)),
        template: None,
        comment: deletion.comment.clone(),
    };
    let connection = service.ground.store.read();
    // What failed half-way was allowed before, and the region may already be gone.
    if deletion.is_draft || change.unfinished(connection).await?.is_none() {
        if let Some(id) = change.draft {
            change.find_draft(connection, id).await?;
        }
        change.region = Some(check(&service, &session, deletion.region, change.applicant).await?);
    }
    if deletion.is_draft {
        change.keep(&service, &session).await?;
        return Ok(Json(view(&deletion)));
    }
    let author = Author::new(&service.ground, &session);
    let ((row, approval), _) = change.begin(&service, &session).await?;
    let stands = (approval.id, approval.status);
    let deleting = || carry_out(&service, &session, deletion.region, change.applicant);
    let deciding = || Approvals::Region.decide(&service, &author, stands, deleting());
    service.ground.patiently(deciding).await?;
    change.finish(&service, &author, row, approval).await?;
    audit("deletion of a region", &author, deletion.region, true);
    Ok(Json(view(&deletion)))
}

/// A region can go that is the actor's own, not in operation, and without members.
async fn check(
    service: &CatalogUpdate,
    session: &Session,
    code: Code,
    applicant: CodeVersion,
) -> Result<CodeVersion, Refusal> {
    let region = service.item(session, code).await?;
    if region.text("status") == Some(OPEN) {
        return Err(Refusal::Open);
    }
    let actor = service.item(session, applicant.value).await?;
    if !actor.codes("region").iter().any(|own| own.value == code) {
        return Err(Refusal::NotOwnRegion(code));
    }
    let is_allied = |key: &str| {
        let allies = region.get(key).and_then(Value::as_array);
        allies.is_some_and(|allies| !allies.is_empty())
    };
    if is_allied("app-alliance") || is_allied("wf-alliance") {
        return Err(Refusal::HasMembers(code));
    }
    Ok(region.head.code)
}

/// Takes the region out of the catalog and out of its actor. Doing it again changes nothing more.
async fn carry_out(
    service: &CatalogUpdate,
    session: &Session,
    region: Code,
    applicant: CodeVersion,
) -> Result<(), ApiError> {
    let actor = service.actor_item(session, applicant.value).await?.item;
    match service.catalog.delete_item(session, region).await {
        Err(failure) if matches!(failure.status(), Some(StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND)) => {
            tracing::info!(%failure, %region, "a region is gone already");
        }
        deleted => deleted.map_err(|failure| unwritable(&failure))?,
    }
    if actor.codes("region").iter().any(|own| own.value == region) {
        let mut document = service.document(session, &actor).await?;
        document.forget("region", region);
        service.change(session, &document).await?;
    }
    Ok(())
}

/// `id` is the one that was sent.
fn view(deletion: &Deletion) -> Value {
    let mut view = json!({"id": deletion.draft, "regionCode": deletion.region});
    if let Some(comment) = &deletion.comment {
        view["comment"] = json!(comment);
    }
    view["isDraft"] = json!(deletion.is_draft);
    view
}
