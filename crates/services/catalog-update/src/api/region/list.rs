//! Listing what happened to regions (spec: catalog-update 4.3.1, 4.4.1).

use axum::{Json, extract::State};
use platform::{AnyOperator, ApiError, Call, Fields, Incoming, Input, fields::boolean};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use vocabulary::{ActorType, CodeVersion, Session};

use super::status_view;
use crate::{
    CatalogUpdate,
    items::actor_of,
    refusal::Refusal,
    store::{
        region_approval_manage, region_manage, region_status_approval_manage, region_status_manage, status,
    },
};

/// Whether decided applications are wanted, too.
#[derive(Clone, Copy, Debug)]
pub(in crate::api) struct Decided(bool);

impl Input for Decided {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let query = json!({"inApproved": incoming.query("in_approved")});
        let fields = Fields::of(&query);
        let decided = fields.optional("inApproved", boolean);
        fields.build(|| Some(Self(decided.unwrap_or(false))))
    }
}

/// Regions created and deleted: the root sees all, a region's actor its own. **Operators of both.**
pub(in crate::api) async fn list(
    State(service): State<CatalogUpdate>,
    call: Call<AnyOperator, Decided>,
) -> Result<Json<Vec<Value>>, ApiError> {
    use {region_approval_manage::Column as Approval, region_manage::Column as Row};
    let Decided(decided) = call.input;
    let applicant = applicant(&service, &call.who.0).await?;
    let rows = region_manage::Entity::find()
        .find_also_related(region_approval_manage::Entity)
        .filter(Row::IsDisabled.eq(false))
        .filter(Condition::any().add(Approval::Id.is_null()).add(Approval::IsDisabled.eq(false)))
        .filter(of(applicant, Row::ApplicantActorCode))
        .filter(undecided(decided, Approval::Id, Approval::Status))
        .order_by_asc(Row::Id)
        .all(service.ground.store.read())
        .await?;
    Ok(Json(rows.iter().map(|(row, approval)| view(&service, row, approval.as_ref())).collect()))
}

/// Applications for the start and the end of regions: the root sees all, a region's actor its own.
/// **Operators of both.**
pub(in crate::api) async fn list_status(
    State(service): State<CatalogUpdate>,
    call: Call<AnyOperator, Decided>,
) -> Result<Json<Vec<Value>>, ApiError> {
    use {region_status_approval_manage::Column as Approval, region_status_manage::Column as Row};
    let Decided(decided) = call.input;
    let applicant = applicant(&service, &call.who.0).await?;
    let rows = region_status_manage::Entity::find()
        .find_also_related(region_status_approval_manage::Entity)
        .filter(Row::IsDisabled.eq(false))
        .filter(Condition::any().add(Approval::Id.is_null()).add(Approval::IsDisabled.eq(false)))
        .filter(of(applicant, Row::ApplicantActorCode))
        .filter(undecided(decided, Approval::Id, Approval::Status))
        .order_by_asc(Row::Id)
        .all(service.ground.store.read())
        .await?;
    let views = rows.iter().map(|(row, approval)| status_view::listed(&service, row, approval.as_ref()));
    Ok(Json(views.collect()))
}

/// Whose applications the operator may see; none: all.
async fn applicant(service: &CatalogUpdate, session: &Session) -> Result<Option<CodeVersion>, ApiError> {
    let own = actor_of(session)?;
    match service.actor_item(session, own.value).await?.place.actors() {
        Some(ActorType::PxrRoot) => Ok(None),
        Some(ActorType::RegionRoot) => Ok(Some(own)),
        _ => Err(Refusal::WrongActor.into()),
    }
}

fn of(applicant: Option<CodeVersion>, column: impl ColumnTrait) -> Condition {
    let mine = applicant.map(|applicant| column.eq(applicant.value.0));
    Condition::all().add_option(mine)
}

fn undecided(decided: bool, id: impl ColumnTrait, state: impl ColumnTrait) -> Condition {
    if decided {
        return Condition::all();
    }
    Condition::any().add(id.is_null()).add(state.eq(status::APPLYING))
}

fn view(
    service: &CatalogUpdate,
    row: &region_manage::Model,
    approval: Option<&region_approval_manage::Model>,
) -> Value {
    let code = |value: Option<i64>, version: Option<i64>| json!({"_value": value, "_ver": version});
    let template = row.template.as_deref().and_then(|text| serde_json::from_str(text).ok());
    json!({
        "id": row.id,
        "type": row.kind,
        "region": row.region_code.map(|region| code(Some(region), row.region_version)),
        "approvalActor": code(row.approval_actor_code, row.approval_actor_version),
        "applicantActor": code(row.applicant_actor_code, row.applicant_actor_version),
        "regionCatalog": template.unwrap_or(Value::Null),
        "expireAt": service.time(row.approval_expire_at),
        "isDraft": row.is_draft,
        "status": approval.map_or(0, |approval| approval.status),
        "comment": approval.and_then(|approval| approval.comment.as_deref()),
        "approver": approval.and_then(|approval| approval.approver.as_deref()),
        "approvalAt": service.time(approval.and_then(|approval| approval.approval_at)),
    })
}
