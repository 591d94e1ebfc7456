//! Carrying out decisions about certifications (spec: catalog-update 4.1.5, 4.1.6).

use platform::{ApiError, Author};
use sea_orm::EntityTrait;
use serde_json::Value;
use vocabulary::{Code, CodeVersion, Session};

use super::{
    CERTIFYING,
    apply::{Application, unfinished, write},
    record::{Rows, decided},
    view,
};
use crate::{
    CatalogUpdate,
    api::decision::Decision,
    audit::audit,
    notices::Notice,
    refusal::Refusal,
    store::{Approvals, actor_manage, applying},
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
    let (row, approval) = match unfinished(service, session, &tx, application).await? {
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
