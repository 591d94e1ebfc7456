//! Deciding whether a region starts or ends (spec: catalog-update 4.4.4).

use axum::{Json, extract::State};
use platform::{ApiError, Author, Call, Member};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use vocabulary::{Code, CodeVersion, Session};

use super::{OPEN, Wish};
use crate::{
    CatalogUpdate,
    api::decision::Decision,
    audit::audit,
    items::{actor_of, block_of},
    notices::Notice,
    refusal::Refusal,
    store::{Approvals, region_status_approval_manage, region_status_manage, status},
};

type Rows = (region_status_manage::Model, region_status_approval_manage::Model);

/// Approves or denies. **Members of the root.**
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
    if block_of(service, session).value != service.ground.block.code.value {
        return Err(Refusal::NotApprover.into());
    }
    let author = Author::new(&service.ground, session);
    let consequences = carry_out(service, session, &row, decision, approver);
    Approvals::RegionStatus.decide(service, &author, (approval.id, approval.status), consequences).await?;
    let what = if Wish::of(row.kind) == Wish::Start { "start of a region" } else { "end of a region" };
    let id = row.id;
    finish(service, &author, (row, approval), approver, decision).await?;
    audit(what, &author, id, decision.approved);
    Ok(())
}

async fn find(service: &CatalogUpdate, code: &str) -> Result<Rows, ApiError> {
    let connection = service.ground.store.read();
    let approval = region_status_approval_manage::Entity::find()
        .filter(region_status_approval_manage::Column::AuthCode.eq(code))
        .filter(region_status_approval_manage::Column::IsDisabled.eq(false))
        .one(connection)
        .await?
        .ok_or(Refusal::NoSuchCode)?;
    let row = region_status_manage::Entity::find_by_id(approval.region_status_manage_id)
        .filter(region_status_manage::Column::IsDisabled.eq(false))
        .one(connection)
        .await?
        .ok_or(Refusal::NoSuchCode)?;
    service.check_open(approval.status, row.approval_expire_at)?;
    Ok((row, approval))
}

/// Does what was approved and tells both sides. Doing it again changes nothing more.
async fn carry_out(
    service: &CatalogUpdate,
    session: &Session,
    row: &region_status_manage::Model,
    decision: &Decision,
    approver: CodeVersion,
) -> Result<(), ApiError> {
    let wish = Wish::of(row.kind);
    let region = row.region_code.unwrap_or_default();
    let applicant = row.applicant_actor_code.unwrap_or_default();
    if decision.approved {
        match wish {
            Wish::Start => open(service, session, Code(region)).await?,
            Wish::End => close(service, session, row).await?,
        }
    }
    let notices = wish.notices();
    let notice = if decision.approved {
        Notice::new(notices.approved)
    } else {
        Notice::new(notices.denied).because(decision.comment.as_deref())
    };
    let about = json!({"actor": approver.value, "id": row.id.to_string(), "region": region.to_string()});
    let notice = notice.attribute(about);
    for actor in [approver.value, Code(applicant)] {
        let block = service.main_block(session, actor).await?;
        service.notify(session, block, notice.clone()).await?;
    }
    Ok(())
}

async fn open(service: &CatalogUpdate, session: &Session, region: Code) -> Result<(), ApiError> {
    let item = service.actor_item(session, region).await?.item;
    if item.text("status") == Some(OPEN) {
        return Ok(());
    }
    let mut document = service.document(session, &item).await?;
    document.set("status", OPEN.into());
    Ok(service.change(session, &document).await?)
}

/// The books learn of it: consents in the region end.
async fn close(
    service: &CatalogUpdate,
    session: &Session,
    row: &region_status_manage::Model,
) -> Result<(), ApiError> {
    let code = |value: Option<i64>, version: Option<i64>| {
        CodeVersion::new(value.unwrap_or_default(), version.unwrap_or_default())
    };
    let actor = code(row.applicant_actor_code, row.applicant_actor_version);
    let region = code(row.region_code, row.region_version);
    let end_date = service.time(row.end_date).unwrap_or_default();
    service.books.close_region(session, actor, region, &end_date).await.map_err(|failure| {
        tracing::warn!(%failure, "the books were not told of a region's end");
        Refusal::Books.into()
    })
}

async fn finish(
    service: &CatalogUpdate,
    author: &Author,
    (row, approval): Rows,
    approver: CodeVersion,
    decision: &Decision,
) -> Result<(), ApiError> {
    let tx = service.ground.store.write().await?;
    let mut row = row.into_active_model();
    row.approval_actor_code = Set(Some(approver.value.0));
    row.approval_actor_version = Set(Some(approver.ver.0));
    row.updated_by = Set(author.login_id.clone());
    row.updated_at = Set(author.now);
    row.update(&tx).await?;
    let mut approval = approval.into_active_model();
    approval.status = Set(i64::from(if decision.approved { status::APPROVED } else { status::DENIED }));
    approval.comment = Set(decision.comment.clone());
    approval.approval_actor_code = Set(Some(approver.value.0));
    approval.approval_actor_version = Set(Some(approver.ver.0));
    approval.approver = Set(Some(author.login_id.clone()));
    approval.approval_at = Set(Some(author.now));
    approval.updated_by = Set(author.login_id.clone());
    approval.updated_at = Set(author.now);
    approval.update(&tx).await?;
    Ok(tx.commit().await?)
}
