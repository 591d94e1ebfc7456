//! Deciding about an actor (spec: catalog-update 4.1.5).

use axum::{Json, extract::State};
use platform::{ApiError, Call, Member};
use serde_json::Value;

use super::{REMOVAL, certify, record::find, removal};
use crate::{CatalogUpdate, api::decision::Decision, items::actor_of};

/// Approves or denies a certification or its end. **Members of the actor that was asked for it.**
pub(in crate::api) async fn decide(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Decision>,
) -> Result<Json<Value>, ApiError> {
    let (session, decision) = (call.who.0, call.input);
    let deciding = || async {
        let (row, approval) = find(&service, &decision.code).await?;
        let actor = actor_of(&session)?;
        if row.kind == REMOVAL {
            removal::decide(&service, &session, (row, approval), decision.clone(), actor).await
        } else {
            certify::decide(&service, &session, (row, approval), decision.clone(), actor).await
        }
    };
    service.ground.patiently(deciding).await.map(Json)
}
