//! A member gives somebody a new password (spec: operator 4.19).

use axum::{Json, extract::State};
use chrono::TimeDelta;
use platform::{ApiError, Author, Call, Incoming, Input, fields::sha256, update_rows};
use serde_json::{Value, json};

use super::{Done, read::Id};
use crate::{
    Operators,
    body::object,
    refusal::Refusal,
    sessions,
    store::{self, operator},
    who::MayAdd,
};

#[derive(Debug)]
pub(super) struct Reset(String);

impl Input for Reset {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let new = fields.required("newHpassword", sha256);
        fields.build(|| new.map(Self))
    }
}

/// Sets a password that its owner must change. **Members who may add members.**
///
/// Whoever was logged in with the old one is logged out (spec: operator D15).
pub(super) async fn reset(
    State(service): State<Operators>,
    call: Call<MayAdd, (Id, Reset)>,
) -> Result<Json<Done>, ApiError> {
    let (Id(id), Reset(received)) = call.input;
    let session = &call.who.0;
    let row = store::by_id(service.ground.store.read(), id).await?.ok_or(Refusal::NoSuchOperator)?;
    if row.login_prohibited_flg {
        return Err(Refusal::LoginProhibited.into());
    }
    if service.passwords.verify(row.hpassword.as_deref(), &received).await? {
        return Err(Refusal::PasswordUsedBefore.into());
    }
    let password = service.new_password(session, &row, &received).await?;
    let author = Author::new(&service.ground, session);
    let tx = service.ground.store.write().await?;
    let row = store::locked(&tx, id).await?.ok_or(Refusal::NoSuchOperator)?;
    password.write(&tx, &row, false, &author).await?;
    if row.is_individual() {
        let mut attributes = row.attributes().unwrap_or_else(|| json!({}));
        let end = service.ground.clock.now() + TimeDelta::days(service.settings.initial_password_days);
        attributes["initialPasswordExpire"] = Value::String(service.ground.zone.text(end));
        let attributes = attributes.to_string();
        update_rows!(&tx, author, operator, { Attributes: attributes }, operator::Column::Id.eq(id))?;
    }
    sessions::end_all(&tx, id, &author).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", what = "password reset", by = author.login_id, operator = id);
    Ok(Json(Done::OK))
}
