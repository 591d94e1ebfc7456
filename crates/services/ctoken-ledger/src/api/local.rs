//! What a block stored and deleted (spec: ctoken-ledger 4.3).

use axum::{Json, extract::State};
use contract::matrix::Differences;
use platform::{ApiError, Call, Institution};
use serde_json::{Value, json};
use vocabulary::Instant;

use crate::{Ledger, refusal::Refusal};

/// Applies a report of a block's local-ctoken service. **Applications and managing members, about the data of their
/// own actor.**
///
/// The same report may come again, also at the same time: it is applied once.
pub(super) async fn apply(
    State(service): State<Ledger>,
    call: Call<Institution, Differences<Instant>>,
) -> Result<Json<Value>, ApiError> {
    let (session, differences) = (call.who.0, call.input);
    let actor = session.actor.ok_or(Refusal::NoActor)?;
    if !differences.is_of(actor.value) {
        return Err(Refusal::ForeignActor.into());
    }
    if !differences.is_empty() {
        let persons = service.persons(&session, &differences).await?;
        service.apply(&session, actor, &differences, &persons).await?;
    }
    Ok(Json(json!({"result": "success"})))
}
