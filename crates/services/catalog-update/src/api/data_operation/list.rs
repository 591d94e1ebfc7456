//! Listing definitions of what is stored and shared (spec: catalog-update 4.5.1).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Input,
    fields::{boolean, number, one_of},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};

use super::view;
use crate::{
    CatalogUpdate,
    items::{actor_of, block_of},
    store::data_operation_manage,
};

#[derive(Clone, Copy, Debug)]
pub(in crate::api) struct Wanted {
    /// Only the actor's own, which the root asks for.
    own: bool,
    /// Applied ones, too.
    approved: bool,
    offset: u64,
    limit: u64,
}

impl Input for Wanted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let of = |name: &str| incoming.query(name).map_or(Value::Null, Value::from);
        let query = json!({
            "approvalRequest": of("approval_request"),
            "approved": of("approved"),
            "offset": of("offset"),
            "limit": of("limit"),
        });
        let fields = Fields::of(&query);
        let own = fields.optional("approvalRequest", boolean);
        let approved = fields.optional("approved", boolean);
        let offset = fields.optional("offset", one_of(number, |offset| offset >= 0));
        let limit = fields.optional("limit", one_of(number, |limit| (0..=50).contains(&limit)));
        fields.build(|| {
            Some(Self {
                own: own.unwrap_or(false),
                approved: approved.unwrap_or(false),
                offset: u64::try_from(offset.unwrap_or(0)).ok()?,
                limit: u64::try_from(limit.unwrap_or(10)).ok()?,
            })
        })
    }
}

/// The definitions of the operator's actor; at the root those of all actors. **Any operator.**
pub(in crate::api) async fn list(
    State(service): State<CatalogUpdate>,
    call: Call<AnyOperator, Wanted>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let (session, wanted) = (call.who.0, call.input);
    let actor = actor_of(&session)?;
    let at_root = block_of(&service, &session).value == service.ground.block.code.value;
    let mut query =
        data_operation_manage::Entity::find().filter(data_operation_manage::Column::IsDisabled.eq(false));
    if wanted.own || !at_root {
        query = query.filter(data_operation_manage::Column::ApplicationActorCode.eq(actor.value.0));
    }
    if !wanted.approved {
        query = query.filter(data_operation_manage::Column::IsDraft.eq(true));
    }
    let rows = query
        .order_by_desc(data_operation_manage::Column::Id)
        .offset(wanted.offset)
        .limit(wanted.limit)
        .all(service.ground.store.read())
        .await?;
    let kept = |row: &data_operation_manage::Model| {
        row.template.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    };
    Ok(Json(rows.iter().map(|row| view(&service, row, kept(row))).collect()))
}
