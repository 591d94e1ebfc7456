//! Several operators in one call. Our own: the reference asks for each by itself (spec: notification 6, 9).

use std::{collections::HashMap, hash::Hash};

use axum::{Json, extract::State};
use contract::operator::{Named, OperatorView};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input,
    fields::{array, number, short_text},
};
use vocabulary::{OperatorType, Session};

use crate::{
    Operators,
    body::object,
    refusal::Refusal,
    store::{self, operator},
    who::are_all_own,
};

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
    if session.operator_type != OperatorType::Member && !asks_for_himself(&service, &session, &wanted) {
        return Err(Refusal::NotPermitted.into());
    }
    let connection = service.ground.store.read();
    let rows = match &wanted {
        Named::ByIds(ids) => {
            let rows = store::with_any(connection, operator::Column::Id, ids).await?;
            in_order(ids, rows, |row| Some(row.id))
        }
        Named::ByPxrIds(ids) => {
            let rows = store::with_any(connection, operator::Column::PxrId, ids).await?;
            in_order(ids, rows, |row| row.pxr_id.clone())
        }
    };
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut roles = store::roles(connection, &ids).await?;
    let shown = rows.iter().map(|row| service.shown(row, roles.remove(&row.id).unwrap_or_default()));
    shown.collect::<Result<_, _>>().map(Json)
}

/// Everybody once, in the order of the names.
fn in_order<K: Eq + Hash>(
    names: &[K],
    rows: Vec<operator::Model>,
    name: impl Fn(&operator::Model) -> Option<K>,
) -> Vec<operator::Model> {
    let mut found = HashMap::new();
    for row in rows {
        if let Some(key) = name(&row) {
            // The oldest of several with the same PXR-ID counts (spec: operator D22).
            found.entry(key).or_insert(row);
        }
    }
    names.iter().filter_map(|key| found.remove(key)).collect()
}

fn asks_for_himself(service: &Operators, session: &Session, wanted: &Named) -> bool {
    match wanted {
        Named::ByIds(ids) => ids.iter().all(|id| service.is_self(session, *id)),
        Named::ByPxrIds(ids) => are_all_own(session, ids),
    }
}
