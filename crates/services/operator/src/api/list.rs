//! Several operators in one call. Our own: the reference asks for each by itself (spec: notification 6, 9).

use std::collections::{HashMap, HashSet};

use axum::{Json, extract::State};
use contract::operator::{Named, OperatorView};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input,
    fields::{array, number, short_text},
};
use sea_orm::{ColumnTrait, QueryFilter};
use vocabulary::{OperatorType, Session};

use crate::{
    Operators,
    body::object,
    refusal::Refusal,
    store::{self, operator},
};

/// How many operators one query asks for; databases limit the number of values in a statement.
const AT_ONCE: usize = 1000;

#[derive(Debug)]
pub(super) struct Wanted(Named);

impl Input for Wanted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let ids = fields.optional("operatorId", array(number));
        let pxr_ids = fields.optional("pxrId", array(short_text));
        fields.build(|| Some(()))?;
        match (ids, pxr_ids) {
            (Some(ids), None) => Ok(Self(Named::ByIds(ids))),
            (None, Some(ids)) => Ok(Self(Named::ByPxrIds(ids))),
            _ => Err(Refusal::NoCondition.into()),
        }
    }
}

/// Operators by id or PXR-ID; the unknown are left out. **Members; others only themselves.**
pub(super) async fn list(
    State(service): State<Operators>,
    call: Call<AnyOperator, Wanted>,
) -> Result<Json<Vec<OperatorView>>, ApiError> {
    let (AnyOperator(session), Wanted(wanted)) = (call.who, call.input);
    if !may_read(&service, &session, &wanted) {
        return Err(Refusal::NotPermitted.into());
    }
    let rows = match &wanted {
        Named::ByIds(ids) => {
            in_order(ids, |some| operator::Column::Id.is_in(some), |row| Some(row.id), &service).await?
        }
        Named::ByPxrIds(ids) => {
            in_order(ids, |some| operator::Column::PxrId.is_in(some), |row| row.pxr_id.clone(), &service)
                .await?
        }
    };
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut roles = HashMap::new();
    for some in ids.chunks(AT_ONCE) {
        roles.extend(store::roles(service.ground.store.read(), some).await?);
    }
    let shown = rows.iter().map(|row| service.shown(row, roles.remove(&row.id).unwrap_or_default()));
    shown.collect::<Result<_, _>>().map(Json)
}

/// The rows of those who are named, everybody once, in the order of the names.
async fn in_order<K: Clone + Eq + std::hash::Hash>(
    names: &[K],
    among: impl Fn(Vec<K>) -> sea_orm::sea_query::SimpleExpr,
    name: impl Fn(&operator::Model) -> Option<K>,
    service: &Operators,
) -> Result<Vec<operator::Model>, ApiError> {
    let mut found = HashMap::new();
    for some in names.chunks(AT_ONCE) {
        let rows = store::live().filter(among(some.to_vec())).all(service.ground.store.read()).await?;
        for row in rows {
            if let Some(key) = name(&row) {
                // The first of several with the same PXR-ID counts (spec: operator D22).
                found.entry(key).or_insert(row);
            }
        }
    }
    let mut seen = HashSet::new();
    Ok(names.iter().filter(|key| seen.insert(*key)).filter_map(|key| found.get(key).cloned()).collect())
}

fn may_read(service: &Operators, session: &Session, wanted: &Named) -> bool {
    session.operator_type == OperatorType::Member
        || match wanted {
            Named::ByIds(ids) => ids.iter().all(|id| service.is_self(session, *id)),
            Named::ByPxrIds(ids) => ids.iter().all(|id| session.pxr_id.as_ref() == Some(id)),
        }
}
