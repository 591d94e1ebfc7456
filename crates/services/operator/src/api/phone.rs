//! Verifying phone numbers (spec: operator 4.21, 4.22).

use axum::{Json, extract::State};
use platform::{ApiError, Author, Call, Incoming, Individual, Input, Transaction, fields::short_text};
use serde_json::Value;
use vocabulary::Session;

use super::{Done, profile::short_phone};
use crate::{Operators, body::object, phone_proof, profile::Profile, refusal::Refusal, sms, store};

/// A profile with the phone number to be verified.
#[derive(Debug)]
pub(super) struct WithPhone(Profile);

impl Input for WithPhone {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let profile = fields.required("userInformation", Profile::complete);
        fields.build(|| profile.map(Self))
    }
}

/// Sends a code to the phone number in a profile. **Residents.**
pub(super) async fn send(
    State(service): State<Operators>,
    call: Call<Individual, WithPhone>,
) -> Result<Json<Done>, ApiError> {
    let (Individual(session), WithPhone(profile)) = (call.who, call.input);
    let code = service.settings.phone_number_code;
    let phone = match profile.items.iter().find(|item| item.kind.value.0 == code).map(|item| &item.content) {
        Some(Value::String(phone)) if !phone.is_empty() => short_phone(Some(phone.clone()))?,
        _ => None,
    };
    let phone = phone.ok_or(Refusal::Input("電話番号を文字列で指定してください"))?;
    let author = Author::new(&service.ground, &session);
    let tx = locked(&service, &session).await?;
    let code = phone_proof::issue(&service, &tx, session.operator_id, &phone, &author).await?;
    tx.commit().await?;
    let settings = &service.settings.sms;
    sms::with_code(settings, &phone, &settings.verification_message, &code).send(&settings.driver);
    Ok(Json(Done::SUCCESS))
}

/// The code that came by phone.
#[derive(Debug)]
pub(super) struct Code(String);

impl Input for Code {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let code = fields.required("smsVerificationCode", short_text);
        fields.build(|| code.map(Self))
    }
}

/// Proves with the code that a phone number is one's own. **Residents.**
pub(super) async fn verify(
    State(service): State<Operators>,
    call: Call<Individual, Code>,
) -> Result<Json<Done>, ApiError> {
    let (Individual(session), Code(code)) = (call.who, call.input);
    let author = Author::new(&service.ground, &session);
    let tx = locked(&service, &session).await?;
    let right = phone_proof::verify(&tx, session.operator_id, &code, &author).await?;
    // A wrong guess counts, too.
    tx.commit().await?;
    if right { Ok(Json(Done::SUCCESS)) } else { Err(Refusal::VerificationCode.into()) }
}

/// A transaction that holds the caller's own row: requests of one resident come one after the other.
async fn locked(service: &Operators, session: &Session) -> Result<Transaction, ApiError> {
    let id = session.operator_id;
    let tx = service.ground.store.write().await?;
    let row = if service.is_self(session, id) { store::locked(&tx, id).await? } else { None };
    row.ok_or(Refusal::NoSuchOperator)?;
    Ok(tx)
}
