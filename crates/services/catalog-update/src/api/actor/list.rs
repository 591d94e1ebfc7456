//! Listing applications about actors (spec: catalog-update 4.1.1).

use std::collections::{BTreeSet, HashSet};

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Input,
    fields::{Complaint, boolean, number, text},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;
use vocabulary::{ActorType, Code, Session};

use super::{REMOVAL, view};
use crate::{
    CatalogUpdate,
    items::{Place, block_of},
    store::{actor_approval_manage, actor_manage, status},
};

#[derive(Debug)]
pub(in crate::api) struct Wanted {
    kind: ActorType,
    /// Decided ones, too.
    approved: bool,
    block: Option<(i64, i64)>,
}

impl Input for Wanted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let kind = fields.required("actorType", actor_type);
        let approved = fields.optional("approved", boolean);
        let code = fields.optional("code", number);
        let version = fields.optional("ver", number);
        let block = code.zip(version).filter(|(code, version)| *code != 0 && *version != 0);
        fields.build(|| Some(Self { kind: kind?, approved: approved.unwrap_or(false), block }))
    }
}

/// A type of actor that can be certified.
pub(super) fn actor_type(value: &Value) -> Result<ActorType, Complaint> {
    let kind: Option<ActorType> = text(value)?.parse().ok();
    let complaint = Complaint::from("pxr-root, region-root, appのいずれかを指定してください");
    kind.filter(|kind| !kind.is_unsupported()).ok_or(complaint)
}

type Listed = (actor_manage::Model, Option<actor_approval_manage::Model>);

/// The applications that an operator's actor made or decides, or, before it has one, those of its block.
/// **Any operator.**
pub(in crate::api) async fn list(
    State(service): State<CatalogUpdate>,
    call: Call<AnyOperator, Wanted>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let (session, wanted) = (call.who.0, call.input);
    let rows = concerning(&service, &session, &wanted).await?;
    if rows.is_empty() {
        return Err(ApiError::NoContent);
    }
    let ending = ending(&service, &session, &rows, wanted.kind).await?;
    let is_wanted = |row: &actor_manage::Model| match row.caller_actor_code {
        Some(code) if row.kind == REMOVAL => ending.contains(&code),
        _ => {
            let catalog = view::catalog(row);
            let place = catalog["catalogItem"]["ns"].as_str().and_then(Place::of);
            place.and_then(|place| place.actors()) == Some(wanted.kind)
        }
    };
    let views = rows.iter().filter(|(row, _)| is_wanted(row));
    Ok(Json(views.map(|(row, approval)| view::listed(&service, row, approval.as_ref())).collect()))
}

/// The actors of a type among those whose end is applied for; one that is no longer in the catalog is of none.
async fn ending(
    service: &CatalogUpdate,
    session: &Session,
    rows: &[Listed],
    kind: ActorType,
) -> Result<HashSet<i64>, ApiError> {
    let removals = rows.iter().filter(|(row, _)| row.kind == REMOVAL);
    let codes: BTreeSet<_> = removals.filter_map(|(row, _)| row.caller_actor_code).map(Code).collect();
    let actors = service.items(session, &codes.into_iter().collect::<Vec<_>>()).await?;
    let of_kind = actors
        .iter()
        .filter(|actor| Place::of(&actor.head.ns).and_then(|place| place.actors()) == Some(kind));
    Ok(of_kind.map(|actor| actor.head.code.value.0).collect())
}

/// Newest first.
async fn concerning(
    service: &CatalogUpdate,
    session: &Session,
    wanted: &Wanted,
) -> Result<Vec<Listed>, ApiError> {
    let whose = match session.actor {
        Some(actor) => Condition::any()
            .add(actor_manage::Column::CallerActorCode.eq(actor.value.0))
            .add(actor_approval_manage::Column::ApprovalActorCode.eq(actor.value.0)),
        None => {
            Condition::all().add(actor_manage::Column::CallerBlockCode.eq(block_of(service, session).value.0))
        }
    };
    let live = Condition::any()
        .add(actor_approval_manage::Column::Id.is_null())
        .add(actor_approval_manage::Column::IsDisabled.eq(false));
    let mut query = actor_manage::Entity::find()
        .find_also_related(actor_approval_manage::Entity)
        .filter(actor_manage::Column::IsDisabled.eq(false))
        .filter(live)
        .filter(whose);
    if !wanted.approved {
        let undecided = [status::APPLYING, status::AWAITING_FINAL];
        query = query.filter(
            Condition::any()
                .add(actor_approval_manage::Column::Id.is_null())
                .add(actor_approval_manage::Column::Status.is_in(undecided)),
        );
    }
    if let Some((code, version)) = wanted.block {
        query = query
            .filter(actor_manage::Column::CallerBlockCode.eq(code))
            .filter(actor_manage::Column::CallerBlockVersion.eq(version));
    }
    Ok(query.order_by_desc(actor_manage::Column::Id).all(service.ground.store.read()).await?)
}
