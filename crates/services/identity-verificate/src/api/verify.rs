//! How an organisation's verification of a resident ended (spec: identity-verificate 4.6).

use axum::{Json, extract::State};
use platform::{
    ApiError, Call, Fields, Incoming, Input, Institution,
    fields::{number, one_of, short_text},
};
use serde_json::Value;

use super::nothing;
use crate::{
    Verifications,
    body::{in_one_message, object},
};

/// The code in a path.
#[derive(Debug)]
pub(super) struct CodeInPath(pub(super) String);

impl Input for CodeInPath {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let code = fields.required("identifyCode", short_text);
        fields.build(|| code.map(Self)).map_err(in_one_message)
    }
}

/// Verified (1) or failed (2).
#[derive(Debug)]
pub(super) struct Outcome(i16);

impl Input for Outcome {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let status = fields.required("status", one_of(number, |status| matches!(status, 1 | 2)));
        let status = fields.build(|| status).map_err(in_one_message)?;
        Ok(Self(if status == 1 { 1 } else { 2 }))
    }
}

/// Notes how a verification ended; a later word replaces an earlier one.
/// **Applications and members of the actor that the code is for.**
pub(super) async fn set_result(
    State(service): State<Verifications>,
    call: Call<Institution, (CodeInPath, Outcome)>,
) -> Result<Json<Value>, ApiError> {
    let (Institution(session), (CodeInPath(code), Outcome(state))) = (call.who, call.input);
    let code = service.code(&code).await?;
    let code = code.alive(service.now())?.with_user_id()?.of_actor(session.actor)?;
    service.set_state(&session, code, state).await?;
    Ok(nothing())
}
