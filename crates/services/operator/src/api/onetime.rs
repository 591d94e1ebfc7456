//! The second factor: a code sent to a phone (spec: operator 2.10, 4.13).

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use platform::{
    Anyone, ApiError, Author, Call, Incoming, Input,
    fields::{number, one_of, short_text, text},
    new_row, update_rows,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use vocabulary::{OperatorType, Session, random};

use super::login::{begin, with_tokens};
use crate::{
    Operators,
    global_setting::Span,
    refusal::Refusal,
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
            one_of(|_| Ok(code.chars().count()), |length| length == 6)(value).map(|_| code.clone())
        });
        fields.build(|| Some(Self { kind: kind?, login_id: login_id?, code: code? }))
    }
}

/// A member's code. **Anyone.**
pub(super) async fn members(State(service): State<Operators>, call: Call<Anyone, Code>) -> Response {
    with_tokens(&service, enter(&service, call.input, OperatorType::Member).await)
}

/// A resident's code. **Anyone.**
pub(super) async fn individuals(State(service): State<Operators>, call: Call<Anyone, Code>) -> Response {
    with_tokens(&service, enter(&service, call.input, OperatorType::Individual).await)
}

async fn enter(service: &Operators, input: Code, admitted: OperatorType) -> Result<Response, ApiError> {
    if input.kind != admitted.number() {
        return Err(Refusal::TypeOutOfRange.into());
    }
    let now = service.ground.store.column(service.ground.clock.now());
    let row = store::live()
        .filter(operator::Column::Kind.eq(input.kind))
        .filter(operator::Column::LoginId.eq(&input.login_id))
        .filter(operator::Column::LoginProhibitedFlg.eq(false))
        .one(service.ground.store.read())
        .await?
        .filter(|row| !row.lock_flg)
        .ok_or(Refusal::LoginCode)?;
    let author = Author::named(&service.ground, &row.login_id);
    let tx = service.ground.store.write().await?;
    let right = one_time_login_code::Entity::find()
        .filter(one_time_login_code::Column::OperatorId.eq(row.id))
        .filter(one_time_login_code::Column::Code.eq(&input.code))
        .filter(one_time_login_code::Column::ExpireAt.gt(now))
        .one(&tx)
        .await?
        .is_some();
    // A wrong guess ends the code, too: otherwise six digits are soon found.
    update_rows!(
        &tx, author, one_time_login_code, { ExpireAt: now },
        one_time_login_code::Column::OperatorId.eq(row.id), one_time_login_code::Column::ExpireAt.gt(now),
    )?;
    tx.commit().await?;
    if right { begin(service, &row).await } else { Err(Refusal::LoginCode.into()) }
}

/// Makes and sends a code instead of beginning a session. There is no SMS gateway yet: nothing leaves the block.
pub(super) async fn send_code(
    service: &Operators,
    session: &Session,
    row: &operator::Model,
) -> Result<Response, ApiError> {
    let setting = service.global.read(&service.catalog, session).await?;
    let lifetime = setting.duration("one-time-login-code-expiration");
    let lifetime = lifetime.unwrap_or(Span::Fixed(TimeDelta::minutes(service.settings.login_code_minutes)));
    let end = service.ground.store.column(lifetime.after(service.ground.clock.now()));
    let author = Author::named(&service.ground, &row.login_id);
    let tx = service.ground.store.write().await?;
    // Only the newest code counts.
    update_rows!(
        &tx, author, one_time_login_code, { ExpireAt: author.now },
        one_time_login_code::Column::OperatorId.eq(row.id), one_time_login_code::Column::ExpireAt.gt(author.now),
    )?;
    let code = new_row!(author, one_time_login_code without is_disabled { code: random::digits(6), operator_id: row.id, expire_at: end });
    code.insert(&tx).await?;
    tx.commit().await?;
    tracing::warn!(operator = row.id, "a login code was made, but no SMS gateway is configured to send it");
    let mut answer = json!({"result": "onetime"});
    if let Some(flag) = setting.flag("personal_two-step_verification") {
        answer["twoStepVerificationFlag"] = json!(flag);
    }
    Ok(Json(answer).into_response())
}
