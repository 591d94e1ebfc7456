//! A new first password, and how its owner is told of it (spec: book-manage 4.1.10, 4.1.11).

use axum::{Json, extract::State};
use http::StatusCode;
use platform::{ApiError, Call, Incoming, Input, Member, Sms, fields::text};
use serde::Serialize;
use serde_json::Value;
use vocabulary::{RightsArea, Session};

use super::identification::PxrId;
use crate::{Books, body, first_password::FirstPassword, neighbours::of_operator, refusal::Refusal};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reset {
    pxr_id: String,
    reset_password: FirstPassword,
}

/// Gives a resident a new first password. **Members of the root who may open books.**
pub(super) async fn reset(
    State(service): State<Books>,
    call: Call<Member, PxrId>,
) -> Result<Json<Reset>, ApiError> {
    let (session, PxrId(pxr_id)) = (call.who.0, call.input);
    refuse_others(&service, &session)?;
    let operator = service.operators.by_pxr_id(&session, &pxr_id).await.map_err(of_operator)?;
    if operator.mobile_phone.is_none_or(|phone| phone.is_empty()) {
        return Err(Refusal::NoPhone.into());
    }
    let password = FirstPassword::new(&service.settings);
    let hpassword = password.hashed(&service.settings);
    service
        .operators
        .reset_password(&session, operator.operator_id, &hpassword)
        .await
        .map_err(of_operator)?;
    tracing::info!(target: "audit", what = "first password given", by = session.login_id, of = pxr_id);
    Ok(Json(Reset { pxr_id, reset_password: password }))
}

/// Who is told which first password.
#[derive(Debug)]
pub(super) struct Guidance {
    pxr_id: String,
    initial_password: String,
}

impl Input for Guidance {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let pxr_id = fields.required("pxrId", text);
        let initial_password = fields.required("initialPassword", text);
        fields.build(|| Some(Self { pxr_id: pxr_id?, initial_password: initial_password? }))
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Sent {
    status: &'static str,
}

/// Sends the address of the portal and the first password to a resident's phone. **Members of the root who may open
/// books.**
pub(super) async fn send(
    State(service): State<Books>,
    call: Call<Member, Guidance>,
) -> Result<Json<Sent>, ApiError> {
    let (session, guidance) = (call.who.0, call.input);
    refuse_others(&service, &session)?;
    let profile = service.operators.profile(&session, Some(&guidance.pxr_id)).await;
    let profile = profile.map_err(|failure| match failure.status() {
        Some(StatusCode::NO_CONTENT) => Refusal::NoSuchUser.into(),
        _ => of_operator(failure),
    })?;
    let kind = service.settings.phone_number_code;
    let phone =
        profile.user_info.as_ref().and_then(|profile| phone(profile, kind)).ok_or(Refusal::NoPhone)?;
    let sms = &service.settings.sms;
    let address = sms.guidance.replacen("%s", &sms.portal_url, 1).replacen("%s", &guidance.pxr_id, 1);
    // Two messages, so that whoever finds one knows nothing of use.
    for text in [address, guidance.initial_password] {
        Sms::new(&sms.country_code, phone, text).send(&sms.driver);
    }
    Ok(Json(Sent { status: "success" }))
}

/// The phone number in a profile: the first item of its kind.
fn phone(profile: &Value, kind: i64) -> Option<&str> {
    let groups = profile["item-group"].as_array().into_iter().flatten();
    let mut items = groups.filter_map(|group| group["item"].as_array()).flatten();
    items.find(|item| item["type"]["_value"] == kind)?["content"].as_str()
}

fn refuse_others(service: &Books, session: &Session) -> Result<(), Refusal> {
    service.of_root(session)?;
    if session.may(RightsArea::Book, "create") { Ok(()) } else { Err(Refusal::NotPermitted) }
}
