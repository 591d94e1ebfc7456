//! Deciding a certification (spec: catalog-update 4.1.5).

use axum::{Json, extract::State};
use platform::{ApiError, Author, Call, Member};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::Value;
use vocabulary::{Code, CodeVersion, Session};

use super::{CERTIFICATION, NOTICES, view};
use crate::{
    CatalogUpdate,
    api::decision::Decision,
    items::actor_of,
    notices::Notice,
    refusal::Refusal,
    store::{Approvals, actor_approval_manage, actor_manage, status},
};

/// Approves or denies a certification. **Members of the actor that was asked for it.**
pub(in crate::api) async fn decide(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Decision>,
) -> Result<Json<Value>, ApiError> {
    let (session, decision) = (call.who.0, call.input);
    let (row, approval) = find(&service, &decision.code).await?;
    let actor = actor_of(&session)?;
    if approval.approval_actor_code != Some(actor.value.0) {
        return Err(Refusal::NotApprover.into());
    }
    let author = Author::new(&service.ground, &session);
    Approvals::Actor.claim(&service, &author, approval.id).await?;
    let consequences = if decision.approved {
        certify_and_tell(&service, &session, row).await
    } else {
        let notice = Notice::new(NOTICES.denied).because(decision.comment.as_deref());
        service.notify(&session, Code(row.caller_block_code), notice).await.map(|_| row)
    };
    match consequences {
        Ok(row) => {
            let comment = decision.comment;
            let approval =
                finish(&service, &author, approval, Some(actor), decision.approved, comment).await?;
            Ok(Json(view::decided(&service, &row, &approval)))
        }
        Err(error) => {
            Approvals::Actor.give_back(&service, &author, approval.id).await?;
            Err(error)
        }
    }
}

async fn find(
    service: &CatalogUpdate,
    code: &str,
) -> Result<(actor_manage::Model, actor_approval_manage::Model), ApiError> {
    let connection = service.ground.store.read();
    let approval = actor_approval_manage::Entity::find()
        .filter(actor_approval_manage::Column::AuthCode.eq(code))
        .filter(actor_approval_manage::Column::IsDisabled.eq(false))
        .one(connection)
        .await?
        .ok_or(Refusal::NoSuchCode)?;
    let row = actor_manage::Entity::find_by_id(approval.actor_manage_id)
        .filter(actor_manage::Column::Kind.eq(CERTIFICATION))
        .filter(actor_manage::Column::IsDisabled.eq(false))
        .one(connection)
        .await?
        .ok_or(Refusal::NoSuchCode)?;
    service.check_open(approval.status.into(), row.approval_expire_at)?;
    Ok((row, approval))
}

/// Makes the actor and tells the applicant.
pub(super) async fn certify_and_tell(
    service: &CatalogUpdate,
    session: &Session,
    row: actor_manage::Model,
) -> Result<actor_manage::Model, ApiError> {
    let row = service.certify(session, row).await?;
    service.notify(session, Code(row.caller_block_code), Notice::new(NOTICES.approved)).await?;
    Ok(row)
}

/// Writes the decision down.
pub(super) async fn finish(
    service: &CatalogUpdate,
    author: &Author,
    approval: actor_approval_manage::Model,
    approver: Option<CodeVersion>,
    approved: bool,
    comment: Option<String>,
) -> Result<actor_approval_manage::Model, ApiError> {
    let mut approval = approval.into_active_model();
    approval.status = Set(if approved { status::APPROVED } else { status::DENIED });
    approval.comment = Set(comment);
    approval.approval_actor_code = Set(approver.map(|actor| actor.value.0));
    approval.approval_actor_version = Set(approver.map(|actor| actor.ver.0));
    approval.approver = Set(Some(author.login_id.clone()));
    approval.approval_at = Set(Some(author.now));
    approval.updated_by = Set(author.login_id.clone());
    approval.updated_at = Set(author.now);
    Ok(approval.update(service.ground.store.read()).await?)
}
