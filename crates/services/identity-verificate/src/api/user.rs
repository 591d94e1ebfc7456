//! By which user id an organisation knows the resident of a code (spec: identity-verificate 4.10).

use axum::{Json, extract::State};
use platform::{ApiError, Call, Incoming, Input, Institution, fields::short_text};
use serde_json::Value;

use super::nothing;
use crate::{
    Verifications,
    body::{in_one_message, object},
    user_id::user_id,
};

#[derive(Debug)]
pub(super) struct UserOfCode {
    identify_code: String,
    user_id: String,
}

impl Input for UserOfCode {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let identify_code = fields.required("identifyCode", short_text);
        let user_id = fields.required("userId", |value| short_text(value).and_then(|_| user_id(value)));
        let make = || Some(Self { identify_code: identify_code?, user_id: user_id? });
        fields.build(make).map_err(in_one_message)
    }
}

/// Sets the user id of a code that is not verified yet.
/// **Applications and members of the actor that the code is for.**
pub(super) async fn set(
    State(service): State<Verifications>,
    call: Call<Institution, UserOfCode>,
) -> Result<Json<Value>, ApiError> {
    let (Institution(session), user) = (call.who, call.input);
    let code = service.code(&user.identify_code).await?;
    let code = code.with_partner()?.alive(service.now())?.unverified()?.of_actor(session.actor)?;
    let state = code.is_verified;
    service.set_user_id(&session, code, &user.user_id, state).await?;
    Ok(nothing())
}
