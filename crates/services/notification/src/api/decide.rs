//! Deciding an approval request (spec: notification 4.5).
//!
//! The decision is claimed before the applicant's side hears of it, so that of two at once only one is heard. When
//! the other side fails, the claim is given back and the decision can be repeated.

use axum::{Json, extract::State};
use chrono::NaiveDateTime;
use contract::proxy::{self, Sender, ToBlock};
use http::StatusCode;
use platform::{
    AnyOperator, ApiError, Author, Call, Claim, Incoming, Input, Outgoing,
    fields::{any_text, number, one_of},
    update_rows,
};
use sea_orm::ExprTrait;
use serde_json::{Value, json};
use vocabulary::{Code, Session};

use crate::{
    Notifications,
    refusal::Refusal,
    store::{self, approval_managed},
};

#[derive(Debug)]
pub(super) struct Decision {
    id: i64,
    status: i16,
    comment: String,
}

impl Input for Decision {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let fields = incoming.fields();
        let id = fields.required("id", number);
        let status = fields.required("status", number);
        let comment = fields.optional("comment", |value| {
            let comment = any_text(value)?;
            let fits = comment.chars().count() <= 255;
            one_of(|_| Ok(fits), |fits| fits)(value).map(|_| comment.clone())
        });
        let (id, status) = fields.build(|| Some((id?, status?)))?;
        let comment = comment.unwrap_or_default();
        match status {
            1 => Ok(Self { id, status: 1, comment }),
            2 if comment.is_empty() => Err(Refusal::Input("否認するときはコメントが必要です").into()),
            2 => Ok(Self { id, status: 2, comment }),
            _ => Err(Refusal::Input("statusには1または2を指定してください").into()),
        }
    }
}

/// Approves or denies; the answer is that of whoever asked. **The operators the request is addressed to.**
pub(super) async fn decide(
    State(service): State<Notifications>,
    call: Call<AnyOperator, Decision>,
) -> Result<Json<Value>, ApiError> {
    let (session, decision) = (call.who.0, call.input);
    service.ground.patiently(|| try_to_decide(&service, &session, &decision)).await.map(Json)
}

async fn try_to_decide(
    service: &Notifications,
    session: &Session,
    decision: &Decision,
) -> Result<Value, ApiError> {
    let connection = service.ground.store.read();
    let notice = store::by_id(connection, decision.id).await?;
    let notice = notice.filter(|notice| notice.row.kind == 1 && !notice.destinations.is_empty());
    let notice = notice.ok_or(Refusal::NoSuchNotice)?;
    let approval = notice.approval.clone().ok_or(Refusal::NoSuchNotice)?;
    if !notice.is_for(session) {
        return Err(Refusal::NotAddressed.into());
    }
    if approval.status != 0 {
        return Err(Refusal::Decided.into());
    }
    if service.ground.store.instant(approval.expiration_at) <= service.ground.clock.now() {
        return Err(Refusal::Expired.into());
    }
    // Rows may come from a reference database, whose blocks let anybody hear.
    service.may_hear(Code(approval.notice_block_code), Some(Code(notice.row.from_block_catalog_code)))?;
    let author = Author::new(&service.ground, session);
    let mut claim = claim(service, &author, session, &approval).await?;
    let hearing = call_back(service, session, notice.row.to_block_catalog_code, &approval, decision);
    let heard = service.ground.while_held(&mut claim, hearing).await;
    match heard.ok_or(Refusal::Decided)? {
        Ok(answer) => {
            finish(service, &author, &approval, decision).await?;
            Ok(answer)
        }
        Err(refusal) => {
            give_back(service, &author, &approval, &claim).await?;
            Err(refusal)
        }
    }
}

/// A decision on its way is the approver's id and the time, while the status still says "not decided".
async fn claim(
    service: &Notifications,
    author: &Author,
    session: &Session,
    approval: &approval_managed::Model,
) -> Result<Claim, ApiError> {
    let lapsed = service.ground.lapsed();
    let connection = service.ground.store.read();
    let claimed = update_rows!(
        connection, author, approval_managed,
        { ApproverOperatorId: session.operator_id, ApprovalAt: author.now },
        approval_managed::Column::Id.eq(approval.id),
        approval_managed::Column::Status.eq(0),
        approval_managed::Column::ApprovalAt.is_null().or(approval_managed::Column::ApprovalAt.lt(lapsed)),
    )?;
    if claimed == 1 {
        Ok(Claim::new("approval_managed", ("id", approval.id), "approval_at", author.now))
    } else {
        Err(Refusal::BeingDecided.into())
    }
}

async fn give_back(
    service: &Notifications,
    author: &Author,
    approval: &approval_managed::Model,
    claim: &Claim,
) -> Result<(), ApiError> {
    let connection = service.ground.store.read();
    update_rows!(
        connection, author, approval_managed,
        { ApproverOperatorId: 0_i64, ApprovalAt: Option::<NaiveDateTime>::None },
        approval_managed::Column::Id.eq(approval.id),
        approval_managed::Column::Status.eq(0),
        approval_managed::Column::ApprovalAt.eq(claim.since()),
    )?;
    Ok(())
}

async fn finish(
    service: &Notifications,
    author: &Author,
    approval: &approval_managed::Model,
    decision: &Decision,
) -> Result<(), ApiError> {
    let connection = service.ground.store.read();
    update_rows!(
        connection, author, approval_managed,
        { Status: decision.status, Comment: decision.comment.clone(), ApprovalAt: author.now },
        approval_managed::Column::Id.eq(approval.id),
    )?;
    Ok(())
}

async fn call_back(
    service: &Notifications,
    session: &Session,
    from: i64,
    approval: &approval_managed::Model,
    decision: &Decision,
) -> Result<Value, ApiError> {
    // Rows may come from a reference database, or from a time with other settings.
    service.may_call_back(&approval.notice_url)?;
    let sender = Sender { block: Some(Code(from)), path: Some("/notification/approval") };
    let body = json!({"status": decision.status, "comment": decision.comment});
    let request = Outgoing::post(approval.notice_url.clone()).session(session).json(&body);
    let to = ToBlock::Block(Code(approval.notice_block_code));
    let answer = proxy::call(&service.ground, sender, to, request).await.map_err(|error| {
        tracing::warn!(%error, "a decision cannot be posted");
        Refusal::CallbackFailed
    })?;
    if answer.status != StatusCode::OK {
        let message = answer.message().unwrap_or_default();
        tracing::warn!(status = %answer.status, message, "a decision was not accepted");
        return Err(Refusal::there(&answer, Refusal::CallbackFailed).into());
    }
    answer.json()
}
