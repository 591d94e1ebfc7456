//! Listing applications for certification (spec: catalog-update 4.1.1).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Input,
    fields::{boolean, number, text},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;
use vocabulary::{ActorType, Session};

use super::{CERTIFICATION, view};
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
        let kind = fields.required("actorType", |value| {
            let kind: Option<ActorType> = text(value)?.parse().ok();
            kind.filter(|kind| !kind.is_unsupported())
                .ok_or("pxr-root, region-root, appのいずれかを指定してください".into())
        });
        let approved = fields.optional("approved", boolean);
        let code = fields.optional("code", number);
        let version = fields.optional("ver", number);
        let block = code.zip(version).filter(|(code, version)| *code != 0 && *version != 0);
        fields.build(|| Some(Self { kind: kind?, approved: approved.unwrap_or(false), block }))
    }
}

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
    let of_kind = |row: &actor_manage::Model| {
        let catalog = view::catalog(row);
        let place = catalog["catalogItem"]["ns"].as_str().and_then(Place::of);
        place.and_then(|place| place.actors()) == Some(wanted.kind)
    };
    let views = rows.iter().filter(|(row, _)| of_kind(row));
    Ok(Json(views.map(|(row, approval)| view::listed(&service, row, approval)).collect()))
}

/// Newest first.
async fn concerning(
    service: &CatalogUpdate,
    session: &Session,
    wanted: &Wanted,
) -> Result<Vec<(actor_manage::Model, actor_approval_manage::Model)>, ApiError> {
    let whose = match session.actor {
        Some(actor) => Condition::any()
            .add(actor_manage::Column::CallerActorCode.eq(actor.value.0))
            .add(actor_approval_manage::Column::ApprovalActorCode.eq(actor.value.0)),
        None => {
            Condition::all().add(actor_manage::Column::CallerBlockCode.eq(block_of(service, session).value.0))
        }
    };
    let mut query = actor_manage::Entity::find()
        .find_also_related(actor_approval_manage::Entity)
        .filter(actor_manage::Column::Kind.eq(CERTIFICATION))
        .filter(actor_manage::Column::IsDisabled.eq(false))
        .filter(actor_approval_manage::Column::IsDisabled.eq(false))
        .filter(whose);
    if !wanted.approved {
        query = query.filter(actor_approval_manage::Column::Status.eq(status::APPLYING));
    }
    if let Some((code, version)) = wanted.block {
        query = query
            .filter(actor_manage::Column::CallerBlockCode.eq(code))
            .filter(actor_manage::Column::CallerBlockVersion.eq(version));
    }
    let rows = query.order_by_desc(actor_manage::Column::Id).all(service.ground.store.read()).await?;
    Ok(rows.into_iter().filter_map(|(row, approval)| Some((row, approval?))).collect())
}
