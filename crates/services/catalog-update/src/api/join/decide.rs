//! Deciding whether services join or leave a region (spec: catalog-update 4.2.4).

use axum::{Json, extract::State};
use platform::{ApiError, Author, Call, Member};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use vocabulary::{Code, CodeVersion, Session};

use super::{
    Wish,
    apply::region_root_of,
    record::{code_of, services_of},
};
use crate::{
    CatalogUpdate,
    api::decision::Decision,
    audit::audit,
    items::actor_of,
    notices::Notice,
    refusal::Refusal,
    store::{Approvals, join_approval_manage, join_manage, status},
};

/// Approves or denies. **Members of the side that was asked: the provider, or the region's actor.**
pub(in crate::api) async fn decide(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Decision>,
) -> Result<Json<Value>, ApiError> {
    let (session, decision) = (call.who.0, call.input);
    service.ground.patiently(|| try_to_decide(&service, &session, &decision)).await?;
    Ok(Json(json!({})))
}

async fn try_to_decide(
    service: &CatalogUpdate,
    session: &Session,
    decision: &Decision,
) -> Result<(), ApiError> {
    let (row, approval) = find(service, &decision.code).await?;
    let approver = actor_of(session)?;
    check_approver(service, session, &row, &approval, approver).await?;
    let author = Author::new(&service.ground, session);
    let consequences = carry_out(service, session, &row, decision, approver);
    let stands = (approval.id, approval.status.into());
    Approvals::Join.decide(service, &author, stands, consequences).await?;
    finish(service, &author, approval, approver, decision).await?;
    let what = if Wish::of(row.kind) == Wish::Join { "joining a region" } else { "leaving a region" };
    audit(what, &author, row.id, decision.approved);
    Ok(())
}

async fn find(
    service: &CatalogUpdate,
    code: &str,
) -> Result<(join_manage::Model, join_approval_manage::Model), ApiError> {
    let connection = service.ground.store.read();
    let approval = join_approval_manage::Entity::find()
        .filter(join_approval_manage::Column::AuthCode.eq(code))
        .filter(join_approval_manage::Column::IsDisabled.eq(false))
        .one(connection)
        .await?
        .ok_or(Refusal::NoSuchCode)?;
    let row = join_manage::Entity::find_by_id(approval.join_manage_id)
        .filter(join_manage::Column::IsDisabled.eq(false))
        .one(connection)
        .await?
        .ok_or(Refusal::NoSuchCode)?;
    service.check_open(approval.status.into(), row.approval_expire_at)?;
    Ok((row, approval))
}

/// The row names the region where its actor decides.
async fn check_approver(
    service: &CatalogUpdate,
    session: &Session,
    row: &join_manage::Model,
    approval: &join_approval_manage::Model,
    approver: CodeVersion,
) -> Result<(), ApiError> {
    let mut asked = approval.approval_actor_code.map(Code);
    if asked == Some(Code(row.join_region_code)) {
        let region = service.actor_item(session, Code(row.join_region_code)).await?;
        asked = Some(region_root_of(&region)?);
    }
    if asked == Some(approver.value) { Ok(()) } else { Err(Refusal::NotApprover.into()) }
}

/// Changes the catalog and tells both sides. Doing it again changes nothing more.
async fn carry_out(
    service: &CatalogUpdate,
    session: &Session,
    row: &join_manage::Model,
    decision: &Decision,
    approver: CodeVersion,
) -> Result<(), ApiError> {
    let wish = Wish::of(row.kind);
    if decision.approved {
        let services = services_of(service.ground.store.read(), &[row.id]).await?.remove(&row.id);
        for member in services.unwrap_or_default() {
            ally(service, session, wish, code_of(&member), Code(row.join_region_code)).await?;
        }
    }
    let notices = wish.notices();
    let notice = if decision.approved {
        Notice::new(notices.approved)
    } else {
        Notice::new(notices.denied).because(decision.comment.as_deref())
    };
    let applicant = row.applicant_actor_code.map(Code);
    for actor in [Some(approver.value), applicant].into_iter().flatten() {
        let block = service.main_block(session, actor).await?;
        service.notify(session, block, notice.clone()).await?;
    }
    Ok(())
}

/// Writes into service and region that they belong together, or no longer do.
async fn ally(
    service: &CatalogUpdate,
    session: &Session,
    wish: Wish,
    code: CodeVersion,
    region: Code,
) -> Result<(), ApiError> {
    let member = service.actor_item(session, code.value).await?.item;
    let region = service.actor_item(session, region).await?.item;
    let sides = [(&member, "region-alliance", region.head.code), (&region, "app-alliance", code)];
    for (item, key, other) in sides {
        let allied = item.codes(key).iter().any(|ally| ally.value == other.value);
        if allied == (wish == Wish::Join) {
            continue;
        }
        let mut document = service.document(session, item).await?;
        match wish {
            Wish::Join => document.refer(key, other),
            Wish::Leave => document.forget(key, other.value),
        }
        service.change(session, &document).await?;
    }
    Ok(())
}

async fn finish(
    service: &CatalogUpdate,
    author: &Author,
    approval: join_approval_manage::Model,
    approver: CodeVersion,
    decision: &Decision,
) -> Result<(), ApiError> {
    let mut approval = approval.into_active_model();
    approval.status = Set(if decision.approved { status::APPROVED } else { status::DENIED });
    approval.comment = Set(decision.comment.clone());
    approval.approval_actor_code = Set(Some(approver.value.0));
    approval.approval_actor_version = Set(Some(approver.ver.0));
    approval.approver = Set(Some(author.login_id.clone()));
    approval.approval_at = Set(Some(author.now));
    approval.updated_by = Set(author.login_id.clone());
    approval.updated_at = Set(author.now);
    approval.update(service.ground.store.read()).await?;
    Ok(())
}
