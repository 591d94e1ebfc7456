//! Asking for and deciding update sets, whose content the catalog service keeps (spec: catalog-update 4.6).

use axum::{Json, extract::State};
use platform::{
    ApiError, Call, Fields, Incoming, Input, Member,
    fields::{any_text, number, one_of},
};
use serde_json::{Value, json};
use vocabulary::Code;

use crate::{
    CatalogUpdate,
    items::{actor_of, unwritable},
    notices::{Notice, Text},
};

const APPLYING: Text = Text::new(196, "変更セット申請", "変更セットの承認が申請されました。");
const APPROVED: Text = Text::new(197, "変更セット承認", "申請した変更セットが承認されました。");
const DENIED: Text = Text::new(198, "変更セット否認", "申請した変更セットが否認されました。");

#[derive(Debug)]
pub(super) struct Request {
    id: i64,
    approver: Code,
}

impl Input for Request {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        super::check_object(incoming)?;
        let fields = incoming.fields();
        let id = fields.required("id", one_of(number, |id| id >= 1));
        let approver = fields.required("approvalActor", one_of(number, |code| code >= 1));
        fields.build(|| Some(Self { id: id?, approver: Code(approver?) }))
    }
}

/// Asks an actor to approve an update set. **Members of the actor that registered it.**
pub(super) async fn request(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Request>,
) -> Result<Json<Value>, ApiError> {
    let (session, request) = (call.who.0, call.input);
    let set = service.catalog.request_update_set(&session, request.id, request.approver).await;
    let set = set.map_err(|failure| unwritable(&failure))?;
    let approver = set["approvalActorCode"].as_i64().map(Code);
    if let Some(approver) = approver.filter(|approver| Some(*approver) != session.actor.map(|own| own.value))
    {
        let block = service.main_block(&session, approver).await?;
        let notice = Notice::new(APPLYING)
            .saying(set["name"].as_str().unwrap_or_default())
            .decided_at(format!("/catalog-update/updateSet/approval/{}", request.id));
        service.notify(&session, block, notice).await?;
    }
    Ok(Json(view(&set)))
}

#[derive(Debug)]
pub(super) struct Decision {
    id: i64,
    status: i64,
    comment: Option<String>,
}

impl Input for Decision {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        super::check_object(incoming)?;
        let fields = incoming.fields();
        let status = fields.required("status", one_of(number, |status| matches!(status, 1 | 2)));
        let comment = fields.optional("comment", any_text);
        let status = fields.build(|| status)?;
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let id = fields.required("id", one_of(number, |id| id >= 1));
        fields.build(|| Some(Self { id: id?, status, comment }))
    }
}

/// Approves or denies an update set. **Members of the actor that was asked; the catalog service checks it.**
pub(super) async fn decide(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Decision>,
) -> Result<Json<Value>, ApiError> {
    let (session, decision) = (call.who.0, call.input);
    actor_of(&session)?;
    let comment = decision.comment.as_deref();
    let set = service.catalog.decide_update_set(&session, decision.id, decision.status, comment).await;
    let set = set.map_err(|failure| unwritable(&failure))?;
    if let Some(applicant) = set["callerActorCode"].as_i64() {
        let text = if set["status"] == 1 { APPROVED } else { DENIED };
        let notice = Notice::new(text).saying(set["name"].as_str().unwrap_or_default());
        let notice = if set["status"] == 1 { notice } else { notice.because(comment) };
        let block = service.main_block(&session, Code(applicant)).await?;
        service.notify(&session, block, notice).await?;
    }
    Ok(Json(view(&set)))
}

/// What the catalog service answered; absent members are null.
fn view(set: &Value) -> Value {
    json!({
        "id": set["id"],
        "name": set["name"],
        "description": set["description"],
        "callerActorCode": set["callerActorCode"],
        "approvalActorCode": set["approvalActorCode"],
        "approver": set["approver"],
        "approvalAt": set["approvalAt"],
        "comment": set["comment"],
        "status": set["status"],
        "registerActorCode": set["registerActorCode"],
        "register": set["register"],
        "registAt": set["registAt"],
        "ns": set["ns"],
        "catalog": set["catalog"],
        "appendix": set["appendix"],
    })
}
