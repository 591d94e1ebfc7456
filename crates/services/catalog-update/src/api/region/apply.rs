//! Applying for the start or the end of a region (spec: catalog-update 4.4.2, 4.4.3).

use axum::{Json, extract::State};
use platform::{
    ApiError, Author, Call, Incoming, Input, Member,
    fields::{any_text, code_version, text},
    new_row,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait,
    IntoActiveModel, ModelTrait, QueryFilter, QueryOrder, TryIntoModel,
};
use serde_json::{Value, json};
use vocabulary::{CodeVersion, Instant, Session, TimeZone};

use super::{OPEN, Wish, status_view};
use crate::{
    CatalogUpdate,
    auth_code::new_code,
    items::{Place, actor_of, block_of},
    moment::moment,
    notices::Notice,
    refusal::Refusal,
    store::{Approvals, applying, region_status_approval_manage, region_status_manage, status},
};

#[derive(Debug)]
pub(in crate::api) struct Start {
    region: CodeVersion,
}

impl Input for Start {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        crate::api::check_object(incoming)?;
        let fields = incoming.fields();
        let region = fields.required("regionCode", code_version);
        fields.build(|| region.map(|region| Self { region }))
    }
}

#[derive(Debug)]
pub(in crate::api) struct End {
    region: CodeVersion,
    comment: String,
    date: String,
}

impl Input for End {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        crate::api::check_object(incoming)?;
        let fields = incoming.fields();
        let region = fields.required("regionCode", code_version);
        let comment = fields.required("requestComment", any_text);
        // Whether it is a time does not depend on the zone.
        let date = fields.required("endDate", |value| match moment(&text(value)?, TimeZone::UTC) {
            Some(_) => text(value),
            None => Err("日時の形式が正しくありません".into()),
        });
        fields.build(|| Some(Self { region: region?, comment: comment?, date: date? }))
    }
}

type Rows = (region_status_manage::Model, region_status_approval_manage::Model);

struct Application {
    wish: Wish,
    region: CodeVersion,
    comment: Option<String>,
    date: Option<Instant>,
}

/// Applies for a region to begin its operation. **Members of the region's actor.**
pub(in crate::api) async fn start(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Start>,
) -> Result<Json<Value>, ApiError> {
    let region = call.input.region;
    apply(&service, &call.who.0, &Application { wish: Wish::Start, region, comment: None, date: None }).await
}

/// Applies for a region to end its operation on a day. **Members of the region's actor.**
pub(in crate::api) async fn end(
    State(service): State<CatalogUpdate>,
    call: Call<Member, End>,
) -> Result<Json<Value>, ApiError> {
    let End { region, comment, date } = call.input;
    let date = moment(&date, service.ground.zone);
    apply(&service, &call.who.0, &Application { wish: Wish::End, region, comment: Some(comment), date }).await
}

async fn apply(
    service: &CatalogUpdate,
    session: &Session,
    application: &Application,
) -> Result<Json<Value>, ApiError> {
    service.ground.patiently(|| try_to_apply(service, session, application)).await.map(Json)
}

async fn try_to_apply(
    service: &CatalogUpdate,
    session: &Session,
    application: &Application,
) -> Result<Value, ApiError> {
    let (wish, region) = (application.wish, application.region);
    let applicant = actor_of(session)?;
    let item = service.actor_item(session, region.value).await?;
    if !matches!(item.place, Place::Regions(owner) if owner == applicant.value) {
        return Err(Refusal::WrongActor.into());
    }
    match (wish, item.item.text("status") == Some(OPEN)) {
        (Wish::Start, true) => return Err(Refusal::Open.into()),
        (Wish::End, false) => return Err(Refusal::NotOpen.into()),
        _ => {}
    }
    let (row, approval) = save(service, session, applicant, application).await?;
    let about = json!({"actor": applicant.value, "id": row.id.to_string(), "region": region.value});
    let code = approval.auth_code.clone().unwrap_or_default();
    let notice = Notice::new(wish.notices().applying)
        .attribute(about)
        .decided_at(format!("/catalog-update/region/status/approval/{code}"));
    let root = service.ground.block.root.code;
    let written = ("region_status_manage", row.id, row.updated_at);
    match service.announce(written, service.ask(session, root, notice)).await? {
        Ok(until) => {
            let mut announced = row.into_active_model();
            announced.approval_expire_at = Set(Some(service.ground.store.column(until)));
            let row = announced.update(service.ground.store.read()).await?;
            Ok(status_view::applied(service, &row, &approval))
        }
        Err(error) => {
            let tx = service.ground.store.write().await?;
            approval.delete(&tx).await?;
            row.delete(&tx).await?;
            tx.commit().await?;
            Err(error)
        }
    }
}

/// The application whose announcement was broken off, which this one goes on with; one that waits for its decision is in
/// the way.
async fn broken_off(
    service: &CatalogUpdate,
    connection: &impl ConnectionTrait,
    (wish, region): (Wish, CodeVersion),
) -> Result<Option<Rows>, ApiError> {
    let now = service.ground.store.column(service.ground.clock.now());
    let waiting = region_status_manage::Entity::find()
        .find_also_related(region_status_approval_manage::Entity)
        .filter(region_status_manage::Column::RegionCode.eq(region.value.0))
        .filter(region_status_manage::Column::Kind.eq(wish as i16))
        .filter(region_status_manage::Column::IsDisabled.eq(false))
        .filter(region_status_approval_manage::Column::Status.eq(status::APPLYING))
        .filter(region_status_approval_manage::Column::IsDisabled.eq(false))
        .filter(
            Condition::any()
                .add(region_status_manage::Column::ApprovalExpireAt.is_null())
                .add(region_status_manage::Column::ApprovalExpireAt.gte(now)),
        )
        .order_by_desc(region_status_manage::Column::ApprovalExpireAt.is_not_null())
        .one(connection)
        .await?;
    match waiting {
        Some((row, _)) if row.approval_expire_at.is_some() => Err(Refusal::Requested.into()),
        Some((row, _)) if !service.is_broken_off(row.updated_at) => Err(Refusal::BeingAnnounced.into()),
        Some((row, approval)) => Ok(approval.map(|approval| (row, approval))),
        None => Ok(None),
    }
}

/// Writes application and approval, unless another one waits for its decision.
async fn save(
    service: &CatalogUpdate,
    session: &Session,
    applicant: CodeVersion,
    application: &Application,
) -> Result<Rows, ApiError> {
    let author = Author::new(&service.ground, session);
    let block = block_of(service, session);
    let tx = applying(&service.ground.store).await?;
    let begun = broken_off(service, &tx, (application.wish, application.region)).await?;
    let (begun, approval) = begun.unzip();
    let mut row = begun.map_or_else(
        || new_row!(author, region_status_manage { kind: application.wish as i16 }),
        IntoActiveModel::into_active_model,
    );
    row.region_code = Set(Some(application.region.value.0));
    row.region_version = Set(Some(application.region.ver.0));
    row.caller_block_code = Set(block.value.0);
    row.caller_block_version = Set(block.ver.0);
    row.applicant_actor_code = Set(Some(applicant.value.0));
    row.applicant_actor_version = Set(Some(applicant.ver.0));
    row.request_comment = Set(application.comment.clone());
    row.end_date = Set(application.date.map(|date| service.ground.store.column(date)));
    row.updated_by = Set(author.login_id.clone());
    row.updated_at = Set(author.now);
    let row = row.save(&tx).await?.try_into_model()?;
    if let Some(approval) = approval {
        // Who heard of it may decide under the code that he knows.
        tx.commit().await?;
        return Ok((row, approval));
    }
    let approval = new_row!(
        author,
        region_status_approval_manage {
            region_status_manage_id: row.id,
            auth_code: Some(new_code(&tx, Approvals::RegionStatus).await?),
            status: i64::from(status::APPLYING),
            approval_actor_code: Some(applicant.value.0),
            approval_actor_version: Some(applicant.ver.0),
        }
    );
    let approval = approval.insert(&tx).await?;
    tx.commit().await?;
    Ok((row, approval))
}
