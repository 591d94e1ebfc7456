//! Carrying out decisions about the end of an actor (spec: catalog-update 4.1.5).

use platform::{ApiError, Author};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use serde_json::Value;
use vocabulary::{Code, CodeVersion, Instant, Session};

use super::{REMOVING, TAKEN_OVER, TAKES_OVER, decided_at, record::Rows, view};
use crate::{
    CatalogUpdate,
    api::decision::Decision,
    audit::audit,
    notices::Notice,
    refusal::Refusal,
    store::{Approvals, actor_approval_manage, actor_manage, status},
};

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The actor that takes over agrees.
    Migration,
    Final,
}

impl Stage {
    fn of(approval: &actor_approval_manage::Model, actor: Code) -> Result<Self, Refusal> {
        let (successor, approver) = (approval.migration_actor_code, approval.approval_actor_code);
        match approval.status {
            status::APPLYING if successor == Some(actor.0) => Ok(Self::Migration),
            status::APPLYING if successor.is_none() && approver == Some(actor.0) => Ok(Self::Final),
            status::AWAITING_FINAL if approver == Some(actor.0) => Ok(Self::Final),
            _ => Err(Refusal::NotApprover),
        }
    }

    const fn outcome(self, approved: bool) -> i16 {
        match (self, approved) {
            (_, false) => status::DENIED,
            (Self::Migration, true) => status::AWAITING_FINAL,
            (Self::Final, true) => status::APPROVED,
        }
    }
}

pub(super) async fn decide(
    service: &CatalogUpdate,
    session: &Session,
    (row, approval): Rows,
    decision: Decision,
    actor: CodeVersion,
) -> Result<Value, ApiError> {
    let stage = Stage::of(&approval, actor.value)?;
    let author = Author::new(&service.ground, session);
    let stands = (approval.id, approval.status.into());
    let consequences = carry_out(service, session, &row, &approval, stage, &decision);
    let until = Approvals::Actor.decide(service, &author, stands, consequences).await?;
    let approved = decision.approved;
    let (row, approval) = finish(service, &author, (row, approval), (stage, decision), until).await?;
    audit("end of certification", &author, row.id, approved);
    Ok(view::removal_decided(service, &row, &approval))
}

/// Does what was decided and tells whom it concerns. Doing it again changes nothing more. Gives the time until when
/// the final decision is possible, if one is still to come.
async fn carry_out(
    service: &CatalogUpdate,
    session: &Session,
    row: &actor_manage::Model,
    approval: &actor_approval_manage::Model,
    stage: Stage,
    decision: &Decision,
) -> Result<Option<Instant>, ApiError> {
    let applicant = Code(row.caller_block_code);
    let successor = approval.migration_actor_code.map(Code);
    if !decision.approved {
        let notice = Notice::new(REMOVING.denied).because(decision.comment.as_deref());
        return service.notify(session, applicant, notice).await;
    }
    if stage == Stage::Migration {
        let approver = Code(approval.approval_actor_code.unwrap_or_default());
        let block = service.main_block(session, approver).await?;
        service.notify(session, block, Notice::new(TAKES_OVER)).await?;
        let notice = Notice::new(REMOVING.applying).decided_at(decided_at(approval));
        return service.ask(session, block, notice).await.map(Some);
    }
    service.end_in_catalog(session, row, successor).await?;
    // The notice comes before the revocation: a block without a certificate cannot even hear of it.
    service.notify(session, applicant, Notice::new(REMOVING.approved)).await?;
    service.revoke_certificates(session, row).await?;
    if let Some(successor) = successor {
        let block = service.main_block(session, successor).await?;
        service.notify(session, block, Notice::new(TAKEN_OVER)).await?;
    }
    Ok(None)
}

async fn finish(
    service: &CatalogUpdate,
    author: &Author,
    (mut row, approval): Rows,
    (stage, decision): (Stage, Decision),
    until: Option<Instant>,
) -> Result<Rows, ApiError> {
    let tx = service.ground.store.write().await?;
    if let Some(until) = until {
        let mut announced = row.into_active_model();
        announced.approval_expire_at = Set(Some(service.ground.store.column(until)));
        row = announced.update(&tx).await?;
    }
    let mut approval = approval.into_active_model();
    approval.status = Set(stage.outcome(decision.approved));
    let (comment, who, when) = (decision.comment, Some(author.login_id.clone()), Some(author.now));
    match stage {
        Stage::Migration => {
            approval.migration_comment = Set(comment);
            approval.migragtion_approver = Set(who);
            approval.migration_approval_at = Set(when);
            // The claim ends: the next decision is somebody else's.
            approval.approver = Set(None);
            approval.approval_at = Set(None);
        }
        Stage::Final => {
            approval.comment = Set(comment);
            approval.approver = Set(who);
            approval.approval_at = Set(when);
        }
    }
    approval.updated_by = Set(author.login_id.clone());
    approval.updated_at = Set(author.now);
    let approval = approval.update(&tx).await?;
    tx.commit().await?;
    Ok((row, approval))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn approval(status: i16, successor: Option<i64>) -> actor_approval_manage::Model {
        let time = chrono::NaiveDateTime::default();
        actor_approval_manage::Model {
            id: 1,
            actor_manage_id: 1,
            auth_code: None,
            status,
            comment: None,
            migration_actor_code: successor,
            migration_actor_version: successor,
            migration_comment: None,
            migragtion_approver: None,
            migration_approval_at: None,
            approval_actor_code: Some(1),
            approval_actor_version: Some(1),
            approver: None,
            approval_at: None,
            is_disabled: false,
            created_by: String::new(),
            created_at: time,
            updated_by: String::new(),
            updated_at: time,
        }
    }

    #[test]
    fn whose_turn_it_is() {
        let cases = [
            (status::APPLYING, None, 1, Ok(Stage::Final)),
            (status::APPLYING, None, 2, Err(Refusal::NotApprover)),
            (status::APPLYING, Some(2), 2, Ok(Stage::Migration)),
            (status::APPLYING, Some(2), 1, Err(Refusal::NotApprover)),
            (status::AWAITING_FINAL, Some(2), 1, Ok(Stage::Final)),
            (status::AWAITING_FINAL, Some(2), 2, Err(Refusal::NotApprover)),
            (status::APPROVED, None, 1, Err(Refusal::NotApprover)),
        ];
        for (status, successor, actor, expected) in cases {
            assert_eq!(Stage::of(&approval(status, successor), Code(actor)), expected, "{status} {actor}");
        }
    }
}
