//! Single sign-on (spec: operator 4.15, 4.16, D27): refused as long as there is no ID service to ask.

use axum::{Json, extract::State};
use platform::{Anyone, ApiError, Call, Fields, Incoming, Input, fields::text};
use serde_json::json;

use super::Done;
use crate::{Operators, body::object, refusal::Refusal};

/// The ID service's token of an application or a member.
#[derive(Debug)]
pub(super) struct AccessToken;

impl Input for AccessToken {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let header = json!({"access-token": incoming.header("access-token")});
        let fields = Fields::of(&header);
        let token = fields.required("access-token", text);
        fields.build(|| token.map(|_| Self))
    }
}

/// The code that the ID service gave a resident's browser.
#[derive(Debug)]
pub(super) struct AuthorizationCode;

impl Input for AuthorizationCode {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let code = fields.required("authorizationCode", text);
        fields.build(|| code.map(|_| Self))
    }
}

/// Login of members and applications by an ID service. **Anyone.**
pub(super) async fn members(
    State(_): State<Operators>,
    _: Call<Anyone, AccessToken>,
) -> Result<Json<Done>, ApiError> {
    Err(Refusal::NoIdService.into())
}

/// Login of residents by an ID service. **Anyone.**
pub(super) async fn individuals(
    State(_): State<Operators>,
    _: Call<Anyone, AuthorizationCode>,
) -> Result<Json<Done>, ApiError> {
    Err(Refusal::NoIdService.into())
}
