//! Login with a password (spec: operator 4.11, 4.12).

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use platform::{
    Anyone, ApiError, Author, Call, Incoming, Input,
    fields::{number, sha256, short_text},
    new_row, update_rows,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use vocabulary::{Instant, OperatorType, Session};

use crate::{
    Operators,
    global_setting::{GlobalSetting, Span, code_failure, first_template},
    lock::LockRule,
    operator::{json_column, kind},
    refusal::Refusal,
    sessions::{self, set_cookies},
    store::{self, login_history, operator},
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
pub(super) async fn members(State(service): State<Operators>, call: Call<Anyone, Credentials>) -> Response {
    with_tokens(
        &service,
        login(&service, call.input, &[OperatorType::Application, OperatorType::Member]).await,
    )
}

/// Login of residents. **Anyone.**
pub(super) async fn individuals(
    State(service): State<Operators>,
    call: Call<Anyone, Credentials>,
) -> Response {
    with_tokens(&service, login(&service, call.input, &[OperatorType::Individual]).await)
}

/// The answer of a login route carries fresh tokens, whether it went well or not.
pub(super) fn with_tokens(service: &Operators, answer: Result<Response, ApiError>) -> Response {
    let mut response = answer.unwrap_or_else(IntoResponse::into_response);
    for cookie in service.csrf_cookies() {
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

async fn login(
    service: &Operators,
    credentials: Credentials,
    admitted: &[OperatorType],
) -> Result<Response, ApiError> {
    let wanted = OperatorType::try_from(credentials.kind).ok().filter(|kind| admitted.contains(kind));
    let wanted = wanted.ok_or(Refusal::TypeOutOfRange)?;
    let row = store::live()
        .filter(operator::Column::Kind.eq(credentials.kind))
        .filter(operator::Column::LoginId.eq(&credentials.login_id))
        .filter(operator::Column::LoginProhibitedFlg.eq(false))
        .one(service.ground.store.read())
        .await?;
    let stored = row.as_ref().and_then(|row| row.hpassword.as_deref());
    let right = service.passwords.verify(stored, &credentials.hpassword).await?;
    let row = row.ok_or(Refusal::Credentials)?;
    let attempt = Attempt { service, session: service.login_session(&row)?, now: service.ground.clock.now() };
    let row = attempt.judge(row, right).await?;
    if service.passwords.is_outdated(row.hpassword.as_deref().unwrap_or_default()) {
        upgrade(service, &row, &credentials.hpassword).await?;
    }
    attempt.refuse_expired_initial_password(&row)?;
    if attempt.needs_second_factor(&row, wanted).await? {
        return super::onetime::send_code(service, &attempt.session, &row).await;
    }
    begin(service, &row).await
}

/// Begins a session and answers with it (spec: operator 4.14).
pub(super) async fn begin(service: &Operators, row: &operator::Model) -> Result<Response, ApiError> {
    let roles = store::roles_of(service.ground.store.read(), row.id).await?;
    let session_id = sessions::begin(service, row).await?;
    let cookies = set_cookies(&service.login_cookies(&session_id, row)?);
    Ok((cookies, Json(service.logged_in(&session_id, row, &roles)?)).into_response())
}

/// An old row gets the new form of storage at the first right login.
async fn upgrade(service: &Operators, row: &operator::Model, received: &str) -> Result<(), ApiError> {
    let stored = service.passwords.stored(received).await?;
    let connection = service.ground.store.read();
    operator::Entity::update_many()
        .col_expr(operator::Column::Hpassword, sea_orm::sea_query::Expr::value(stored))
        .filter(operator::Column::Id.eq(row.id))
        .filter(operator::Column::Hpassword.eq(row.hpassword.clone()))
        .exec(connection)
        .await?;
    Ok(())
}

impl Operators {
    /// The identity that reads the catalog while somebody logs in (spec: operator 2.8).
    pub(super) fn login_session(&self, row: &operator::Model) -> Result<Session, ApiError> {
        Session::from_json(json!({
            "sessionId": "loginsession",
            "operatorId": row.id,
            "type": kind(row)?.number(),
            "loginId": row.login_id,
            "name": row.name,
            "auth": json_column(row.auth.as_deref()),
            "passwordChangedFlg": row.password_changed_flg,
            "attributes": json_column(row.attributes.as_deref()),
            "roles": [],
            "block": self.ground.block.code,
            "actor": self.actor(),
        }))
        .map_err(ApiError::unexpected)
    }
}

/// One attempt to log in.
struct Attempt<'a> {
    service: &'a Operators,
    session: Session,
    now: Instant,
}

impl Attempt<'_> {
    async fn setting(&self) -> Result<GlobalSetting, ApiError> {
        self.service.global.read(&self.service.catalog, &self.session).await
    }

    async fn lock_rule(&self) -> Result<LockRule, ApiError> {
        let setting = self.setting().await?;
        let release = setting.duration("account-lock-release-time");
        Ok(LockRule {
            count: setting.number("account-lock-count").unwrap_or(0),
            release: release.unwrap_or(Span::Fixed(chrono::TimeDelta::zero())),
        })
    }

    /// Locks, history and expiry (spec: operator 2.4, 2.6).
    async fn judge(&self, row: operator::Model, right: bool) -> Result<operator::Model, ApiError> {
        let store = &self.service.ground.store;
        let started = row.lock_start_at.filter(|_| row.lock_flg).map(|column| store.instant(column));
        let rule = if started.is_some() || !right { Some(self.lock_rule().await?) } else { None };
        let locked = started.zip(rule).is_some_and(|(started, rule)| rule.holds(started, self.now));
        if locked {
            return Err(Refusal::Credentials.into());
        }
        let expires = if right && row.password_changed_flg {
            self.setting().await?.duration("password-expiration")
        } else {
            None
        };
        let author = Author::named(&self.service.ground, &row.login_id);
        let tx = store.write().await?;
        let attempt =
            new_row!(author, login_history { operator_id: row.id, login_at: author.now, result: right });
        attempt.insert(&tx).await?;
        let mut row = row;
        if row.lock_flg {
            update_rows!(&tx, author, operator, { LockFlg: false }, operator::Column::Id.eq(row.id))?;
            row.lock_flg = false;
        }
        if let Some(rule) = rule.filter(|_| !right && started.is_none()) {
            let newest =
                newest_attempts(&tx, row.id, store.column(rule.release.before(self.now)), rule.count).await?;
            if rule.is_reached(&newest) {
                update_rows!(
                    &tx, author, operator, { LockFlg: true, LockStartAt: author.now }, operator::Column::Id.eq(row.id),
                )?;
            }
        }
        let updated = row.password_updated_at.map(|column| store.instant(column));
        if expires.zip(updated).is_some_and(|(expires, updated)| expires.after(updated) < self.now) {
            update_rows!(&tx, author, operator, { PasswordChangedFlg: false }, operator::Column::Id.eq(row.id))?;
            row.password_changed_flg = false;
        }
        tx.commit().await?;
        if right { Ok(row) } else { Err(Refusal::Credentials.into()) }
    }

    fn refuse_expired_initial_password(&self, row: &operator::Model) -> Result<(), ApiError> {
        let attributes = json_column(row.attributes.as_deref()).unwrap_or_default();
        let expire = attributes["initialPasswordExpire"].as_str().and_then(Instant::parse);
        match expire {
            Some(expire) if row.kind == 0 && expire < self.now => Err(Refusal::InitialPasswordExpired.into()),
            _ => Ok(()),
        }
    }

    /// A member whose actor wants it, or anybody who asked for it.
    async fn needs_second_factor(&self, row: &operator::Model, kind: OperatorType) -> Result<bool, ApiError> {
        if kind == OperatorType::Member && self.actor_wants_it().await? {
            return if row.mobile_phone.is_some() { Ok(true) } else { Err(Refusal::NoPhone.into()) };
        }
        let attributes = json_column(row.attributes.as_deref()).unwrap_or_default();
        Ok(attributes["smsAuth"] == Value::Bool(true) && row.mobile_phone.is_some())
    }

    async fn actor_wants_it(&self) -> Result<bool, ApiError> {
        let block = &self.service.ground.block;
        let catalog = &self.service.catalog;
        let item = catalog.item(&self.session, block.code.value).await.map_err(code_failure)?;
        let Some((actor_type, actor)) = item.text("actor-type").zip(block.actor) else { return Ok(false) };
        let ns =
            format!("catalog/ext/{}/setting/actor-own/{actor_type}/actor_{}", block.ext_name, actor.value);
        let setting = first_template(catalog.in_namespace(&self.session, &ns).await)?.unwrap_or_default();
        Ok(setting["use_multifactor_authentication"] == Value::Bool(true))
    }
}

async fn newest_attempts(
    tx: &platform::Transaction,
    operator: i64,
    since: chrono::NaiveDateTime,
    count: i64,
) -> Result<Vec<bool>, ApiError> {
    let rows = login_history::Entity::find()
        .filter(login_history::Column::OperatorId.eq(operator))
        .filter(login_history::Column::IsDisabled.eq(false))
        .filter(login_history::Column::LoginAt.gte(since))
        .order_by_desc(login_history::Column::LoginAt)
        .order_by_desc(login_history::Column::Id)
        .limit(count.try_into().unwrap_or(0))
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| row.result).collect())
}
