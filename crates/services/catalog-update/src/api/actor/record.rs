//! Applications about actors, in their tables.

use platform::{ApiError, Author, Transaction};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, ModelTrait,
    QueryFilter,
};
use vocabulary::{CodeVersion, Instant};

use super::CERTIFICATION;
use crate::{
    CatalogUpdate,
    auth_code::new_code,
    refusal::Refusal,
    store::{Approvals, actor_approval_manage, actor_manage, status},
};

/// An application with its approval.
pub(super) type Rows = (actor_manage::Model, actor_approval_manage::Model);

/// The application whose decision is waited for under a code.
pub(super) async fn find(service: &CatalogUpdate, code: &str) -> Result<Rows, ApiError> {
    let connection = service.ground.store.read();
    let approval = actor_approval_manage::Entity::find()
        .filter(actor_approval_manage::Column::AuthCode.eq(code))
        .filter(actor_approval_manage::Column::IsDisabled.eq(false))
        .one(connection)
        .await?
        .ok_or(Refusal::NoSuchCode)?;
    let row = actor_manage::Entity::find_by_id(approval.actor_manage_id)
        .filter(actor_manage::Column::IsDisabled.eq(false))
        .one(connection)
        .await?
        .ok_or(Refusal::NoSuchCode)?;
    service.check_open(approval.status.into(), row.approval_expire_at)?;
    Ok((row, approval))
}

/// A draft of a certification that a block keeps, or one whose announcement was interrupted.
pub(super) async fn draft(
    service: &CatalogUpdate,
    tx: &Transaction,
    id: i64,
    block: i64,
) -> Result<Rows, ApiError> {
    let being_announced = Condition::all()
        .add(actor_manage::Column::ApprovalExpireAt.is_null())
        .add(actor_approval_manage::Column::Status.eq(status::APPLYING));
    let found = actor_manage::Entity::find_by_id(id)
        .find_also_related(actor_approval_manage::Entity)
        .filter(actor_manage::Column::CallerBlockCode.eq(block))
        .filter(actor_manage::Column::Kind.eq(CERTIFICATION))
        .filter(Condition::any().add(actor_manage::Column::IsDraft.eq(true)).add(being_announced))
        .filter(actor_manage::Column::IsDisabled.eq(false))
        .filter(actor_approval_manage::Column::IsDisabled.eq(false))
        .one(tx)
        .await?;
    let (row, approval) =
        found.and_then(|(row, approval)| Some((row, approval?))).ok_or(Refusal::NoSuchDraft)?;
    if row.is_draft || service.is_broken_off(row.updated_at) {
        Ok((row, approval))
    } else {
        Err(Refusal::BeingAnnounced.into())
    }
}

/// Gives an approval the code under which its decision is waited for. Who heard of a broken-off announcement knows one
/// that holds.
pub(super) async fn set_code(
    tx: &Transaction,
    approval: &mut actor_approval_manage::ActiveModel,
) -> Result<(), ApiError> {
    if approval.auth_code.try_as_ref().is_none_or(Option::is_none) {
        approval.auth_code = Set(Some(new_code(tx, Approvals::Actor).await?));
    }
    Ok(())
}

/// Notes until when a decision is possible.
pub(super) async fn announced(
    service: &CatalogUpdate,
    row: actor_manage::Model,
    until: Instant,
) -> Result<actor_manage::Model, ApiError> {
    let mut row = row.into_active_model();
    row.approval_expire_at = Set(Some(service.ground.store.column(until)));
    Ok(row.update(service.ground.store.read()).await?)
}

/// An application that could not be announced was never made; what was a draft is one again.
pub(super) async fn withdraw(
    service: &CatalogUpdate,
    was_draft: bool,
    (row, approval): Rows,
) -> Result<(), ApiError> {
    let tx = service.ground.store.write().await?;
    if was_draft {
        let mut row = row.into_active_model();
        row.is_draft = Set(true);
        row.applicant_date = Set(None);
        row.update(&tx).await?;
        let mut approval = approval.into_active_model();
        approval.auth_code = Set(None);
        approval.update(&tx).await?;
    } else {
        approval.delete(&tx).await?;
        row.delete(&tx).await?;
    }
    Ok(tx.commit().await?)
}

/// Writes the last word on an application.
pub(super) async fn decided(
    service: &CatalogUpdate,
    author: &Author,
    approval: actor_approval_manage::Model,
    approver: Option<CodeVersion>,
    (approved, comment): (bool, Option<String>),
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
