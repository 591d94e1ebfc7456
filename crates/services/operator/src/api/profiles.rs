//! Profiles of several residents at once (spec: operator 4.23, D7).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input,
    fields::{array, short_text},
};
use vocabulary::OperatorType;

use super::profile::Shown;
use crate::{
    Operators,
    body::object,
    refusal::Refusal,
    store::{self, operator},
    who::are_all_own,
};

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
    if session.operator_type == OperatorType::Individual && !are_all_own(&session, &pxr_ids) {
        return Err(Refusal::NotPermitted.into());
    }
    let rows = store::with_any(service.ground.store.read(), operator::Column::PxrId, &pxr_ids).await?;
    Ok(Json(rows.into_iter().map(Shown::of).collect()))
}
