//! Profiles of several residents at once (spec: operator 4.23, D7).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input,
    fields::{array, short_text},
};
use sea_orm::{ColumnTrait, QueryFilter};
use vocabulary::{OperatorType, Session};

use super::profile::Shown;
use crate::{
    Operators,
    body::object,
    refusal::Refusal,
    store::{self, operator},
};

/// How many residents one query asks for; databases limit the number of values in a statement.
const AT_ONCE: usize = 1000;

#[derive(Debug)]
pub(super) struct Residents(Vec<String>);

impl Input for Residents {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let pxr_ids = fields.required("pxrId", array(short_text));
        fields.build(|| pxr_ids.map(Self))
    }
}

/// The profiles of residents; whoever is unknown is left out. **Members and applications; a resident for himself.**
pub(super) async fn list(
    State(service): State<Operators>,
    call: Call<AnyOperator, Residents>,
) -> Result<Json<Vec<Shown>>, ApiError> {
    let (AnyOperator(session), Residents(pxr_ids)) = (call.who, call.input);
    if !may_read(&session, &pxr_ids) {
        return Err(Refusal::NotPermitted.into());
    }
    let mut rows = Vec::new();
    for some in pxr_ids.chunks(AT_ONCE) {
        let found = store::live().filter(operator::Column::PxrId.is_in(some.iter().map(String::as_str)));
        rows.extend(found.all(service.ground.store.read()).await?);
    }
    rows.sort_by_key(|row| row.id);
    // Whoever is named twice, far apart, is found twice.
    rows.dedup_by_key(|row| row.id);
    Ok(Json(rows.into_iter().map(Shown::of).collect()))
}

fn may_read(session: &Session, pxr_ids: &[String]) -> bool {
    session.operator_type != OperatorType::Individual
        || pxr_ids.iter().all(|pxr_id| session.pxr_id.as_ref() == Some(pxr_id))
}
