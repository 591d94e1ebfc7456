//! Carrying out decisions about certifications (spec: catalog-update 4.1.5, 4.1.6).

use platform::{ApiError, Author, Transaction};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;
use vocabulary::{Code, CodeVersion, Session};

use super::{
    CERTIFICATION, CERTIFYING,
    apply::{Application, write},
    record::{Rows, decided},
    view,
};
use crate::{
    CatalogUpdate,
    api::decision::Decision,
    audit::audit,
    items::block_of,
    notices::Notice,
    refusal::Refusal,
    store::{Approvals, actor_approval_manage, actor_manage, applying, status},
};

pub(super) async fn decide(
    service: &CatalogUpdate,
    session: &Session,
    (row, approval): Rows,
    decision: Decision,
    actor: CodeVersion,
) -> Result<Value, ApiError> {
    if approval.approval_actor_code != Some(actor.value.0) {
        return Err(Refusal::NotApprover.into());
    }
    let author = Author::new(&service.ground, session);
    let (approved, comment) = (decision.approved, decision.comment);
    let id = row.id;
    let consequences = async {
        if approved {
            return certify_and_tell(service, session, row).await;
        }
        let notice = Notice::new(CERTIFYING.denied).because(comment.as_deref());
        service.notify(session, Code(row.caller_block_code), notice).await?;
        Ok(row)
    };
    let stands = (approval.id, approval.status.into());
    let row = Approvals::Actor.decide(service, &author, stands, consequences).await?;
    let approval = decided(service, &author, approval, Some(actor), (approved, comment)).await?;
    audit("certification", &author, id, approved);
    Ok(view::decided(service, &row, &approval))
}

/// The root's own actor is certified at once, by a root that has none yet or by this actor itself.
pub(super) async fn certify_root(
    service: &CatalogUpdate,
    session: &Session,
    application: &Application,
) -> Result<Value, ApiError> {
    let roots = service.items_in(session, &application.ns).await?;
    let own = |root: &contract::catalog::Item| {
        session.actor.is_some_and(|actor| actor.value == root.head.code.value)
    };
    if !roots.is_empty() && !roots.iter().any(own) {
        return Err(Refusal::WrongActor.into());
    }
    let author = Author::new(&service.ground, session);
    let tx = applying(&service.ground.store).await?;
    let (row, approval) = match unfinished_root(service, session, &tx, application).await? {
        Some(rows) => rows,
        None => write(service, session, &tx, application).await?,
    };
    tx.commit().await?;
    let (id, stands) = (row.id, (approval.id, approval.status.into()));
    let certifying = || async {
        // What an attempt that was broken off has left is noted here.
        let row = actor_manage::Entity::find_by_id(id).one(service.ground.store.read()).await?;
        certify_and_tell(service, session, row.ok_or(Refusal::NoSuchDraft)?).await
    };
    let deciding = || Approvals::Actor.decide(service, &author, stands, certifying());
    let row = service.ground.patiently(deciding).await?;
    let approval = decided(service, &author, approval, None, (true, None)).await?;
    audit("certification", &author, id, true);
    Ok(view::root(service, &row, &approval))
}

/// Makes the actor and tells the applicant.
async fn certify_and_tell(
    service: &CatalogUpdate,
    session: &Session,
    row: actor_manage::Model,
) -> Result<actor_manage::Model, ApiError> {
    let row = Box::pin(service.certify(session, row)).await?;
    service.notify(session, Code(row.caller_block_code), Notice::new(CERTIFYING.approved)).await?;
    Ok(row)
}

/// The same application for the root's own actor, which is being carried out, or failed half-way before.
async fn unfinished_root(
    service: &CatalogUpdate,
    session: &Session,
    tx: &Transaction,
    application: &Application,
) -> Result<Option<Rows>, ApiError> {
    let found = actor_manage::Entity::find()
        .find_also_related(actor_approval_manage::Entity)
        .filter(actor_manage::Column::CallerBlockCode.eq(block_of(service, session).value.0))
        .filter(actor_manage::Column::Kind.eq(CERTIFICATION))
        .filter(actor_manage::Column::IsDraft.eq(false))
        .filter(actor_manage::Column::IsDisabled.eq(false))
        .filter(actor_manage::Column::Template.eq(application.catalog.to_string()))
        .filter(actor_approval_manage::Column::Status.eq(status::APPLYING))
        .filter(actor_approval_manage::Column::IsDisabled.eq(false))
        .one(tx)
        .await?;
    Ok(found.and_then(|(row, approval)| Some((row, approval?))))
}
