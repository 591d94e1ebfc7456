//! Residents change their own profiles (spec: operator 4.25).

use std::collections::HashMap;

use axum::{Json, extract::State};
use platform::{AnyOperator, ApiError, Author, Call, Fields, Incoming, Input, update_rows};
use serde::Serialize;
use serde_json::{Value, json};
use vocabulary::Code;

use super::profile::short_phone;
use crate::{
    Operators,
    catalog_failure::of_code,
    phone_proof,
    profile::{Changeable, Profile},
    refusal::Refusal,
    store::{self, operator, user_information},
};

/// A profile, of which only what may be changed counts.
#[derive(Debug)]
pub(super) struct NewContents(Profile);

impl Input for NewContents {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.body().is_array() {
            return Err(Refusal::Array.into());
        }
        let body = if incoming.body().is_null() { json!({}) } else { incoming.body().clone() };
        let whole = json!({"userInfo": body});
        let fields = Fields::of(&whole);
        let profile = fields.required("userInfo", Profile::rule);
        fields.build(|| profile.map(Self))
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Changed {
    status: &'static str,
}

/// Changes what the catalog lets people change of their own profile. **Any operator, for itself.**
///
/// Another phone number must have been verified where the catalog says so (spec: operator D11).
pub(super) async fn change(
    State(service): State<Operators>,
    call: Call<AnyOperator, NewContents>,
) -> Result<Json<Changed>, ApiError> {
    let (AnyOperator(session), NewContents(sent)) = (call.who, call.input);
    let id = session.operator_id;
    if !service.is_self(&session, id) {
        return Err(Refusal::NoSuchOperator.into());
    }
    let row = store::by_id(service.ground.store.read(), id).await?.ok_or(Refusal::NoSuchOperator)?;
    Profile::stored(row.profile().as_ref())?;

    let template = service.catalog.item(&session, Code(service.settings.profile_code)).await;
    let changeable = Changeable::read(&template.map_err(of_code)?.template);
    if changeable.is_nothing() {
        return Err(Refusal::NothingChangeable.into());
    }
    let items = changeable.of(&sent);
    if items.is_empty() {
        return Err(ApiError::NoContent);
    }
    service.check_items(&session, &items).await?;
    let contents: HashMap<_, _> =
        items.iter().map(|item| (item.kind.value.0, item.content.clone())).collect();

    let author = Author::new(&service.ground, &session);
    let phone = write(&service, id, &contents, &changeable, &author).await?;
    tracing::info!(target: "audit", what = "own profile changed", by = author.login_id, operator = id, phone);
    Ok(Json(Changed { status: "success" }))
}

/// Writes new contents into the profile as it is now; whether the phone number became another one.
async fn write(
    service: &Operators,
    id: i64,
    contents: &HashMap<i64, Value>,
    changeable: &Changeable,
    author: &Author,
) -> Result<bool, ApiError> {
    let phone_code = service.settings.phone_number_code;
    let tx = service.ground.store.write().await?;
    // The profile may have become another one meanwhile; only the items that were sent are changed.
    let row = store::locked(&tx, id).await?.ok_or(Refusal::NoSuchOperator)?;
    let old = Profile::stored(row.profile().as_ref())?;
    let old_phone = old.phone(phone_code);
    let new = old.with(contents)?;
    let phone = short_phone(new.phone(phone_code))?.filter(|phone| Some(phone) != old_phone.as_ref());
    if let Some(phone) = &phone {
        if changeable.needs_proof(phone_code)
            && !phone_proof::consume(service, &tx, id, phone, author).await?
        {
            return Err(Refusal::PhoneNotVerified.into());
        }
        update_rows!(&tx, author, operator, { MobilePhone: phone.clone() }, operator::Column::Id.eq(id))?;
    }
    update_rows!(
        &tx, author, operator, { UserInformation: new.json.to_string() },
        operator::Column::Id.eq(id),
    )?;
    user_information::replace(&tx, id, &new.items, author).await?;
    tx.commit().await?;
    Ok(phone.is_some())
}
