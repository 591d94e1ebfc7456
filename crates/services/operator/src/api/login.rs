//! Login with a password (spec: operator 4.11, 4.12).

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use platform::{
    Anyone, ApiError, Call, Incoming, Input, Transaction,
    fields::{number, sha256, short_text},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use vocabulary::OperatorType;

use crate::{
    Operators,
    cookies::set_cookies,
    login::Attempt,
    refusal::Refusal,
    sessions,
    store::{self, operator},
};

#[derive(Debug)]
pub(super) struct Credentials {
    kind: i64,
    login_id: String,
    hpassword: String,
}

impl Input for Credentials {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = incoming.fields();
        let kind = fields.required("type", number);
        let login_id = fields.required("loginId", short_text);
        let hpassword = fields.required("hpassword", sha256);
        fields.build(|| Some(Self { kind: kind?, login_id: login_id?, hpassword: hpassword? }))
    }
}

/// Login of members and applications. **Anyone.**
pub(super) async fn members(
    State(service): State<Operators>,
    call: Call<Anyone, Credentials>,
) -> Result<Response, ApiError> {
    login(&service, call.input, &[OperatorType::Application, OperatorType::Member]).await
}

/// Login of residents. **Anyone.**
pub(super) async fn individuals(
    State(service): State<Operators>,
    call: Call<Anyone, Credentials>,
) -> Result<Response, ApiError> {
    login(&service, call.input, &[OperatorType::Individual]).await
}

async fn login(
    service: &Operators,
    credentials: Credentials,
    admitted: &[OperatorType],
) -> Result<Response, ApiError> {
    if !admitted.iter().any(|kind| kind.number() == credentials.kind) {
        return Err(Refusal::TypeOutOfRange.into());
    }
    let turn = service.throttle.enter(credentials.kind, &credentials.login_id)?;
    let connection = service.ground.store.read();
    let row = store::live()
        .filter(operator::Column::Kind.eq(credentials.kind))
        .filter(operator::Column::LoginId.eq(&credentials.login_id))
        .filter(operator::Column::LoginProhibitedFlg.eq(false))
        .one(connection)
        .await?;
    let Some(row) = row else {
        let _wrong = service.passwords.verify(None, &credentials.hpassword).await?;
        turn.note(false);
        return Err(Refusal::Credentials.into());
    };
    let roles = match row.operator_type()? {
        OperatorType::Application => store::roles_of(connection, row.id).await?,
        _ => Vec::new(),
    };
    let session = service.login_session(&row, &roles)?;
    let attempt = Attempt { service, session, now: service.ground.clock.now() };
    attempt.refuse_locked(&row).await?;
    let in_lane = service.passwords.enter(turn.lane).await?;
    let stored = row.hpassword.as_deref();
    let right = match stored {
        Some(stored) => service.passwords.verify_in(&in_lane, stored, &credentials.hpassword).await?,
        None => false,
    };
    turn.note(right);
    let row = attempt.judge(row, right).await?;
    drop(in_lane);
    if let Some(stored) = row.hpassword.as_deref().filter(|stored| service.passwords.is_outdated(stored))
        && let Err(error) = upgrade(service, (row.id, stored), &credentials.hpassword).await
    {
        // The next login tries again.
        tracing::warn!(operator = row.id, ?error, "a password stays in its old form");
    }
    attempt.refuse_expired_initial_password(&row)?;
    if attempt.needs_second_factor(&row).await? {
        return super::onetime::send_code(&attempt, &row).await;
    }
    let tx = service.ground.store.write().await?;
    begin(service, tx, &row).await
}

/// Begins a session, commits and answers with it (spec: operator 4.14).
pub(super) async fn begin(
    service: &Operators,
    tx: Transaction,
    row: &operator::Model,
) -> Result<Response, ApiError> {
    let roles = store::roles_of(&tx, row.id).await?;
    let session_id = sessions::begin(service, &tx, row).await?;
    tx.commit().await?;
    let cookies = set_cookies(&service.session_cookies(&session_id, row.operator_type()?));
    Ok((cookies, Json(service.logged_in(session_id, row, roles)?)).into_response())
}

/// An old row gets the new form of storage at the first right login, its history before it: as long as the row is old,
/// there may be something left to do.
async fn upgrade(service: &Operators, (id, old): (i64, &str), received: &str) -> Result<(), ApiError> {
    service.upgrade_history(id).await?;
    let stored = service.passwords.stored(received).await?;
    // Nobody changed the operator, so nobody is noted; and a password that was changed meanwhile stays.
    operator::Entity::update_many()
        .col_expr(operator::Column::Hpassword, Expr::value(stored))
        .filter(operator::Column::Id.eq(id))
        .filter(operator::Column::Hpassword.eq(old))
        .exec(service.ground.store.read())
        .await?;
    Ok(())
}
