//! Applying for the start of a region (spec: catalog-update 4.4.2).

use axum::{Json, extract::State};
use platform::{ApiError, Author, Call, Incoming, Input, Member, fields::code_version, new_row};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, ModelTrait,
    QueryFilter,
};
use serde_json::{Value, json};
use vocabulary::{CodeVersion, Session};

use super::{Wish, view};
use crate::{
    CatalogUpdate,
    auth_code::new_code,
    items::{Place, actor_of, block_of},
    notices::Notice,
    refusal::Refusal,
    store::{Approvals, region_status_approval_manage, region_status_manage, status},
};

/// What a region's `status` says while it is in operation.
pub(super) const OPEN: &str = "open";

#[derive(Debug)]
pub(in crate::api) struct Application {
    region: CodeVersion,
}

impl Input for Application {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        crate::api::check_object(incoming)?;
        let fields = incoming.fields();
        let region = fields.required("regionCode", code_version);
        fields.build(|| region.map(|region| Self { region }))
    }
}

/// Applies for a region to begin its operation. **Members of the region's actor.**
pub(in crate::api) async fn start(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Application>,
) -> Result<Json<Value>, ApiError> {
    let (session, region) = (call.who.0, call.input.region);
    let applicant = actor_of(&session)?;
    let item = service.actor_item(&session, region.value).await?;
    if !matches!(item.place, Place::Regions(owner) if owner == applicant.value) {
        return Err(Refusal::WrongActor.into());
    }
    if item.item.text("status") == Some(OPEN) {
        return Err(Refusal::Open.into());
    }
    let (row, approval) = save(&service, &session, applicant, region).await?;
    let about = json!({"actor": applicant.value, "id": row.id.to_string(), "region": region.value});
    let code = approval.auth_code.clone().unwrap_or_default();
    let notice = Notice::new(Wish::Start.notices().applying)
        .attribute(about)
        .decided_at(format!("/catalog-update/region/status/approval/{code}"));
    let root = service.ground.block.root.code;
    match service.ask(&session, root, notice).await {
        Ok(until) => {
            let mut announced = row.into_active_model();
            announced.approval_expire_at = Set(Some(service.ground.store.column(until)));
            let row = announced.update(service.ground.store.read()).await?;
            Ok(Json(view::applied(&service, &row, &approval)))
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

/// Writes application and approval, unless another one waits for its decision.
async fn save(
    service: &CatalogUpdate,
    session: &Session,
    applicant: CodeVersion,
    region: CodeVersion,
) -> Result<(region_status_manage::Model, region_status_approval_manage::Model), ApiError> {
    let author = Author::new(&service.ground, session);
    let block = block_of(service, session);
    let tx = service.ground.store.write().await?;
    let waiting = region_status_manage::Entity::find()
        .find_also_related(region_status_approval_manage::Entity)
        .filter(region_status_manage::Column::RegionCode.eq(region.value.0))
        .filter(region_status_manage::Column::Kind.eq(Wish::Start as i16))
        .filter(region_status_manage::Column::IsDisabled.eq(false))
        .filter(region_status_approval_manage::Column::Status.eq(status::APPLYING))
        .filter(
            Condition::any()
                .add(region_status_manage::Column::ApprovalExpireAt.is_null())
                .add(region_status_manage::Column::ApprovalExpireAt.gte(author.now)),
        )
        .one(&tx)
        .await?;
    if waiting.is_some() {
        return Err(Refusal::Requested.into());
    }
    let row = new_row!(
        author,
        region_status_manage {
            region_code: Some(region.value.0),
            region_version: Some(region.ver.0),
            caller_block_code: block.value.0,
            caller_block_version: block.ver.0,
            applicant_actor_code: Some(applicant.value.0),
            applicant_actor_version: Some(applicant.ver.0),
            kind: Wish::Start as i16,
        }
    );
    let row = row.insert(&tx).await?;
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
