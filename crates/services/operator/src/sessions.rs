//! Sessions: one living session for each operator (spec: operator 2.7).

use chrono::TimeDelta;
use http::{HeaderValue, header::SET_COOKIE};
use platform::{ApiError, Author, Incoming, new_row, update_rows};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter};
use vocabulary::{Instant, OperatorType, Session, random};

use crate::{
    Operators,
    operator::kind,
    refusal::Refusal,
    store::{self, operator, session},
};

/// The identity behind the first session cookie of a request; its type is that of the operator.
pub(crate) async fn of_cookie(service: &Operators, incoming: &Incoming) -> Result<Option<Session>, ApiError> {
    let cookie = OperatorType::ALL.into_iter().find_map(|kind| incoming.cookie(kind.cookie()));
    let Some(session_id) = cookie else { return Ok(None) };
    let (_, row) = living(service, session_id).await?;
    let roles = store::roles_of(service.ground.store.read(), row.id).await?;
    let identity = service.identity(session_id, &row, &roles)?;
    Session::from_json(identity).map(Some).map_err(ApiError::unexpected)
}

/// A session that counts, with its operator.
pub(crate) async fn living(
    service: &Operators,
    session_id: &str,
) -> Result<(session::Model, operator::Model), ApiError> {
    let connection = service.ground.store.read();
    let found = session::Entity::find_by_id(session_id)
        .filter(session::Column::IsDisabled.eq(false))
        .one(connection)
        .await?
        .ok_or(Refusal::NotLoggedIn)?;
    if service.ground.store.instant(found.expire_at) < service.ground.clock.now() {
        return Err(Refusal::SessionExpired.into());
    }
    let row = store::by_id(connection, found.operator_id).await?.filter(|row| !row.login_prohibited_flg);
    Ok((found, row.ok_or(Refusal::NotLoggedIn)?))
}

/// Begins a session and ends all others of the operator, in one transaction.
pub(crate) async fn begin(service: &Operators, row: &operator::Model) -> Result<String, ApiError> {
    let author = Author::named(&service.ground, &row.login_id);
    let session_id = random::token();
    let tx = service.ground.store.write().await?;
    // Locks the operator's row: of two logins at once the later one ends the session of the earlier.
    update_rows!(&tx, author, operator, { LastLoginAt: author.now }, operator::Column::Id.eq(row.id))?;
    update_rows!(
        &tx, author, session, { IsDisabled: true },
        session::Column::OperatorId.eq(row.id), session::Column::IsDisabled.eq(false),
    )?;
    let end = service.ground.clock.now() + TimeDelta::minutes(service.settings.session_minutes);
    let new = new_row!(
        author,
        session { id: session_id.clone(), operator_id: row.id, expire_at: service.ground.store.column(end) }
    );
    new.insert(&tx).await?;
    tx.commit().await?;
    Ok(session_id)
}

/// Moves the end of a session when it is near.
pub(crate) async fn extend(service: &Operators, found: &session::Model) -> Result<(), ApiError> {
    let now = service.ground.clock.now();
    let end = service.ground.store.instant(found.expire_at);
    if now > end - TimeDelta::minutes(service.settings.session_extension_minutes) {
        let author = Author::named(&service.ground, &found.created_by);
        let end = now + TimeDelta::minutes(service.settings.session_minutes);
        let end = service.ground.store.column(end);
        let connection = service.ground.store.read();
        update_rows!(connection, author, session, { ExpireAt: end }, session::Column::Id.eq(found.id.clone()))?;
    }
    Ok(())
}

impl Operators {
    /// The cookie of a new session, and the removal of those of the other types.
    pub(crate) fn login_cookies(
        &self,
        session_id: &str,
        row: &operator::Model,
    ) -> Result<Vec<String>, ApiError> {
        let own = kind(row)?;
        let end = self.ground.clock.now() + TimeDelta::hours(self.settings.session_cookie_hours);
        let mut cookies = vec![format!(
            "{}={session_id}; Path=/; Expires={}; HttpOnly; SameSite=Lax{}",
            own.cookie(),
            http_date(end),
            self.secure()
        )];
        cookies
            .extend(OperatorType::ALL.into_iter().filter(|kind| *kind != own).map(|kind| self.removal(kind)));
        Ok(cookies)
    }

    pub(crate) fn removal(&self, kind: OperatorType) -> String {
        let now = http_date(self.ground.clock.now());
        format!(
            "{}=; Max-Age=0; Path=/; Expires={now}; HttpOnly; SameSite=Lax{}",
            kind.cookie(),
            self.secure()
        )
    }

    pub(crate) const fn secure(&self) -> &'static str {
        if self.settings.secure_cookies { "; Secure" } else { "" }
    }
}

fn http_date(instant: Instant) -> String {
    instant.utc().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// `Set-Cookie` headers.
pub(crate) fn set_cookies(cookies: &[String]) -> axum::http::HeaderMap {
    let values = cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok());
    values.map(|value| (SET_COOKIE, value)).collect()
}
