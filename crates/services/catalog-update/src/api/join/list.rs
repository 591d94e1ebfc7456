//! Listing applications to join or leave a region (spec: catalog-update 4.2.1).

use axum::{Json, extract::State};
use platform::{ApiError, Call, Fields, Incoming, Input, Member, fields::boolean};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use vocabulary::{ActorType, CodeVersion, Session};

use super::record::{APPLICATION, code_of, services_of};
use crate::{
    CatalogUpdate,
    items::{ActorItem, actor_of},
    refusal::Refusal,
    store::{join_approval_manage, join_manage, join_service_manage, status},
};

#[derive(Clone, Copy, Debug)]
pub(in crate::api) struct Wanted {
    /// The actor's own applications; with `false` only those that others made. None: whatever concerns it.
    own: Option<bool>,
    /// Decided ones, too.
    decided: bool,
}

impl Input for Wanted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let of = |name: &str| incoming.query(name).map_or(Value::Null, Value::from);
        let query = json!({"isRequest": of("is_request"), "inApproved": of("in_approved")});
        let fields = Fields::of(&query);
        let own = fields.optional("isRequest", boolean);
        let decided = fields.optional("inApproved", boolean);
        fields.build(|| Some(Self { own, decided: decided.unwrap_or(false) }))
    }
}

/// What an actor applied for, or is asked about. **Members of a provider or of a region's actor.**
pub(in crate::api) async fn list(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Wanted>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let (session, wanted) = (call.who.0, call.input);
    let own = actor_of(&session)?;
    let concerning = concerning(&service, &session, own).await?;
    let is_own = join_manage::Column::ApplicantActorCode.eq(own.value.0);
    let is_others = join_manage::Column::ApplicantActorCode.ne(own.value.0);
    let mut query = join_manage::Entity::find()
        .find_also_related(join_approval_manage::Entity)
        .filter(join_manage::Column::IsDisabled.eq(false))
        .filter(match wanted.own {
            Some(true) => Condition::all().add(is_own),
            Some(false) => concerning.add(is_others),
            None => concerning,
        })
        .filter(
            Condition::any()
                .add(join_approval_manage::Column::Id.is_null())
                .add(join_approval_manage::Column::IsDisabled.eq(false)),
        );
    if !wanted.decided {
        query = query.filter(
            Condition::any()
                .add(join_approval_manage::Column::Id.is_null())
                .add(join_approval_manage::Column::Status.eq(status::APPLYING)),
        );
    }
    let connection = service.ground.store.read();
    let rows = query.order_by_asc(join_manage::Column::Id).all(connection).await?;
    let ids: Vec<_> = rows.iter().map(|(row, _)| row.id).collect();
    let services = services_of(connection, &ids).await?;
    // Workflows, which old rows may name, are no longer supported.
    if services.values().flatten().any(|service| service.kind != APPLICATION) {
        return Err(Refusal::Unsupported(ActorType::Wf).into());
    }
    let views = rows.iter().map(|(row, approval)| {
        let services = services.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        view(&service, row, approval.as_ref(), services)
    });
    Ok(Json(views.collect()))
}

/// A region's actor is concerned by what its regions are, a provider by what itself is.
async fn concerning(
    service: &CatalogUpdate,
    session: &Session,
    own: CodeVersion,
) -> Result<Condition, ApiError> {
    let ActorItem { item, place } = service.actor_item(session, own.value).await?;
    match place.actors() {
        Some(ActorType::App) => Ok(Condition::all().add(join_manage::Column::JoinActorCode.eq(own.value.0))),
        Some(ActorType::RegionRoot) => {
            let regions = item.codes("region").into_iter().map(|region| region.value.0);
            Ok(Condition::all().add(join_manage::Column::JoinRegionCode.is_in(regions)))
        }
        Some(kind) if kind.is_unsupported() => Err(Refusal::Unsupported(kind).into()),
        _ => Err(Refusal::WrongActor.into()),
    }
}

fn view(
    service: &CatalogUpdate,
    row: &join_manage::Model,
    approval: Option<&join_approval_manage::Model>,
    services: &[join_service_manage::Model],
) -> Value {
    let plain = |code: &CodeVersion| json!({"code": code.value, "version": code.ver});
    let mut actor = plain(&CodeVersion::new(row.join_actor_code, row.join_actor_version));
    if !services.is_empty() {
        actor["app"] = services.iter().map(|service| plain(&code_of(service))).collect();
    }
    json!({
        "id": row.id,
        "type": row.kind,
        "caller": {"code": row.applicant_actor_code, "version": row.applicant_actor_version},
        "region": plain(&CodeVersion::new(row.join_region_code, row.join_region_version)),
        "actor": actor,
        "applicantDate": service.time(row.applicant_date),
        "expireAt": service.time(row.approval_expire_at),
        "isDraft": row.is_draft,
        "status": approval.map_or(status::APPLYING, |approval| approval.status),
        "comment": approval.and_then(|approval| approval.comment.as_deref()),
        "approver": approval.and_then(|approval| approval.approver.as_deref()),
        "approvalAt": service.time(approval.and_then(|approval| approval.approval_at)),
    })
}
