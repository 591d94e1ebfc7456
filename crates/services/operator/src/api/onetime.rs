//! The second factor: a code sent to a phone (spec: operator 2.10, 4.13).

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use platform::{
    Anyone, ApiError, Author, Call, Incoming, Input, Transaction,
    fields::{number, short_text, text},
    new_row, update_rows,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Serialize;
use serde_json::Value;
use vocabulary::{OperatorType, random};

use super::login::begin;
use crate::{
    Operators,
    login::Attempt,
    refusal::Refusal,
    sms,
    span::Span,
    store::{self, one_time_login_code, operator},
};

#[derive(Debug)]
pub(super) struct Code {
    kind: i64,
    login_id: String,
    code: String,
}

impl Input for Code {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = incoming.fields();
        let kind = fields.required("type", number);
        let login_id = fields.required("loginId", short_text);
        let code = fields.required("loginCode", |value| {
            let code = text(value)?;
            if code.chars().count() == 6 {
                Ok(code)
            } else {
                Err("6文字で指定してください".into())
            }
        });
        fields.build(|| Some(Self { kind: kind?, login_id: login_id?, code: code? }))
    }
}

/// A member's code. **Anyone.**
pub(super) async fn members(
    State(service): State<Operators>,
    call: Call<Anyone, Code>,
) -> Result<Response, ApiError> {
    enter(&service, call.input, OperatorType::Member).await
}

/// A resident's code. **Anyone.**
pub(super) async fn individuals(
    State(service): State<Operators>,
    call: Call<Anyone, Code>,
) -> Result<Response, ApiError> {
    enter(&service, call.input, OperatorType::Individual).await
}

async fn enter(service: &Operators, input: Code, admitted: OperatorType) -> Result<Response, ApiError> {
    if input.kind != admitted.number() {
        return Err(Refusal::TypeOutOfRange.into());
    }
    let row = store::live()
        .filter(operator::Column::Kind.eq(input.kind))
        .filter(operator::Column::LoginId.eq(&input.login_id))
        .filter(operator::Column::LoginProhibitedFlg.eq(false))
        .one(service.ground.store.read())
        .await?
        .ok_or(Refusal::LoginCode)?;
    let tx = service.ground.store.write().await?;
    // Of two at once with the same code only the first is heard.
    let row = store::locked(&tx, row.id).await?.filter(|row| !row.lock_flg).ok_or(Refusal::LoginCode)?;
    let author = Author::named(&service.ground, &row.login_id);
    let right = one_time_login_code::Entity::find()
        .filter(one_time_login_code::Column::OperatorId.eq(row.id))
        .filter(one_time_login_code::Column::Code.eq(&input.code))
        .filter(one_time_login_code::Column::ExpireAt.gt(author.now))
        .one(&tx)
        .await?
        .is_some();
    // A wrong guess ends the code, too: otherwise six digits are soon found.
    expire_codes(&tx, row.id, &author).await?;
    if right {
        return begin(service, tx, &row).await;
    }
    tx.commit().await?;
    Err(Refusal::LoginCode.into())
}

async fn expire_codes(tx: &Transaction, operator: i64, author: &Author) -> Result<(), ApiError> {
    update_rows!(
        tx, author, one_time_login_code, { ExpireAt: author.now },
        one_time_login_code::Column::OperatorId.eq(operator),
        one_time_login_code::Column::ExpireAt.gt(author.now),
    )?;
    Ok(())
}

/// The answer of a login that needs a code.
#[derive(Debug, Serialize)]
struct CodeSent {
    result: &'static str,
    #[serde(rename = "twoStepVerificationFlag", skip_serializing_if = "Option::is_none")]
    two_step: Option<Value>,
}

/// Makes and sends a code instead of beginning a session.
pub(super) async fn send_code(attempt: &Attempt<'_>, row: &operator::Model) -> Result<Response, ApiError> {
    let (service, setting) = (attempt.service, attempt.setting().await?);
    let lifetime = setting.span("one-time-login-code-expiration");
    let lifetime = lifetime.unwrap_or(Span::Fixed(TimeDelta::minutes(service.settings.login_code_minutes)));
    let end = service.ground.store.column(lifetime.after(attempt.now).unwrap_or(attempt.now));
    let author = Author::named(&service.ground, &row.login_id);
    let code = random::digits(6);
    let tx = service.ground.store.write().await?;
    store::locked(&tx, row.id).await?.ok_or(Refusal::Credentials)?;
    let hour_ago = service.ground.store.column(attempt.now - TimeDelta::hours(1));
    let lately = one_time_login_code::Entity::find()
        .filter(one_time_login_code::Column::OperatorId.eq(row.id))
        .filter(one_time_login_code::Column::CreatedAt.gt(hour_ago));
    if lately.count(&tx).await? >= sms::CODES_AN_HOUR {
        return Err(Refusal::TooManyCodes.into());
    }
    // Only the newest code counts.
    expire_codes(&tx, row.id, &author).await?;
    new_row!(author, one_time_login_code without is_disabled { code: code.clone(), operator_id: row.id, expire_at: end })
        .insert(&tx)
        .await?;
    tx.commit().await?;
    let settings = &service.settings.sms;
    let template = setting.text("login_sms_message").unwrap_or(&settings.login_message);
    if let Some(phone) = &row.mobile_phone {
        sms::with_code(settings, phone, template, &code).send(&settings.driver);
    }
    let two_step = setting.get("personal_two-step_verification").cloned();
    Ok(Json(CodeSent { result: "onetime", two_step }).into_response())
}
