//! Sessions: one living session for each operator (spec: operator 2.7).

use std::sync::Arc;

use axum::body::Bytes;
use chrono::TimeDelta;
use platform::{ApiError, Author, Incoming, Transaction, new_row, update_rows};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};
use vocabulary::{OperatorType, Session, random};

use crate::{
    Operators,
    refusal::Refusal,
    store::{self, operator, session},
};

/// What an id that is stored as its hash begins with.
const HASHED: &str = "sha256:";

/// How the id of a new session is stored: whoever reads it cannot use it (spec: operator D16).
fn hashed(session_id: &str) -> String {
    format!("{HASHED}{}", hex::encode(Sha256::digest(session_id)))
}

/// The forms in which a session may be stored that a client names. What is stored is itself no id.
pub(crate) fn stored_ids(session_id: &str) -> Vec<String> {
    let mut ids = vec![hashed(session_id)];
    if !session_id.starts_with(HASHED) {
        ids.push(session_id.to_owned());
    }
    ids
}

/// The identity behind the first session cookie of a request; its type is that of the operator, not that of
/// the cookie.
pub(crate) async fn of_cookie(service: &Operators, incoming: &Incoming) -> Result<Option<Session>, ApiError> {
    let cookie = OperatorType::ALL.into_iter().find_map(|kind| incoming.cookie(kind.cookie()));
    let Some(session_id) = cookie else { return Ok(None) };
    let (_, row) = living(service, session_id).await?;
    service.cookie_session(session_id, &row).map(Some)
}

/// A session that counts, with its operator, who may still log in (spec: operator D15).
pub(crate) async fn living(
    service: &Operators,
    session_id: &str,
) -> Result<(session::Model, operator::Model), ApiError> {
    let found = session::Entity::find()
        .filter(session::Column::Id.is_in(stored_ids(session_id)))
        .filter(session::Column::IsDisabled.eq(false))
        .find_also_related(operator::Entity)
        .one(service.ground.store.read())
        .await?;
    let Some((found, Some(row))) = found else { return Err(Refusal::NotLoggedIn.into()) };
    not_expired(service, &found)?;
    if row.is_disabled || row.login_prohibited_flg {
        return Err(Refusal::NotLoggedIn.into());
    }
    Ok((found, row))
}

fn not_expired(service: &Operators, found: &session::Model) -> Result<(), Refusal> {
    let end = service.ground.store.instant(found.expire_at);
    if end < service.ground.clock.now() { Err(Refusal::SessionExpired) } else { Ok(()) }
}

/// A session that counted when its rows were read, and who it belongs to.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) found: session::Model,
    pub(crate) login_id: String,
    /// The answer to whoever asks.
    pub(crate) identity: Bytes,
}

impl Checked {
    pub(crate) fn size(&self) -> usize {
        let texts = [&self.found.id, &self.found.created_by, &self.found.updated_by, &self.login_id];
        // The id that the client names is the key.
        size_of::<Self>()
            + texts.map(String::len).iter().sum::<usize>()
            + self.identity.len()
            + self.found.id.len()
    }
}

/// A session that counts now, without a query as long as nothing in the tables changed.
pub(crate) async fn checked(service: &Operators, session_id: &str) -> Result<Arc<Checked>, ApiError> {
    let read = async || {
        let (found, row) = living(service, session_id).await?;
        let roles = match row.operator_type()? {
            OperatorType::Application => store::roles_of(service.ground.store.read(), row.id).await?,
            _ => Vec::new(),
        };
        let identity = service.identity(session_id, &row, roles)?;
        let identity = serde_json::to_vec(&identity).map_err(ApiError::unexpected)?.into();
        Ok::<_, ApiError>(Arc::new(Checked { found, login_id: row.login_id, identity }))
    };
    let checked = service.checked.or_read(session_id, read).await?;
    not_expired(service, &checked.found)?;
    Ok(checked)
}

/// Begins a session and ends all others of the operator. `row` is what the login was judged by: whoever was
/// deleted or prohibited, or got a new password since, is refused.
pub(crate) async fn begin(
    service: &Operators,
    tx: &Transaction,
    row: &operator::Model,
) -> Result<String, ApiError> {
    let author = Author::named(&service.ground, &row.login_id);
    // Of two logins at once the later one ends the session of the earlier.
    let as_judged = |now: &operator::Model| {
        !now.login_prohibited_flg && now.password_updated_at == row.password_updated_at
    };
    store::locked(tx, row.id).await?.filter(as_judged).ok_or(Refusal::Credentials)?;
    update_rows!(tx, author, operator, { LastLoginAt: author.now }, operator::Column::Id.eq(row.id))?;
    end_all(tx, row.id, &author).await?;
    let session_id = random::token();
    let end = service.ground.clock.now() + TimeDelta::minutes(service.settings.session_minutes);
    let end = service.ground.store.column(end);
    let id = if service.settings.plain_session_ids { session_id.clone() } else { hashed(&session_id) };
    new_row!(author, session { id: id, operator_id: row.id, expire_at: end }).insert(tx).await?;
    Ok(session_id)
}

/// Ends all sessions of an operator.
pub(crate) async fn end_all(tx: &Transaction, operator: i64, author: &Author) -> Result<(), ApiError> {
    update_rows!(
        tx, author, session, { IsDisabled: true },
        session::Column::OperatorId.eq(operator), session::Column::IsDisabled.eq(false),
    )?;
    Ok(())
}

/// Ends one session of an operator now; whether it was one that had not ended yet.
pub(crate) async fn end_now(
    connection: &impl ConnectionTrait,
    operator: i64,
    session_id: &str,
    author: &Author,
) -> Result<bool, ApiError> {
    let ended = update_rows!(
        connection, author, session, { ExpireAt: author.now },
        session::Column::Id.is_in(stored_ids(session_id)),
        session::Column::OperatorId.eq(operator),
        session::Column::ExpireAt.gte(author.now),
    )?;
    Ok(ended > 0)
}

/// Moves the end of a session when it is near.
pub(crate) async fn extend(
    service: &Operators,
    Checked { found, login_id, .. }: &Checked,
) -> Result<(), ApiError> {
    let now = service.ground.clock.now();
    let end = service.ground.store.instant(found.expire_at);
    if now > end - TimeDelta::minutes(service.settings.session_extension_minutes) {
        let author = Author::named(&service.ground, login_id);
        let end = now + TimeDelta::minutes(service.settings.session_minutes);
        let end = service.ground.store.column(end);
        // A session that ended meanwhile stays ended.
        update_rows!(
            service.ground.store.read(), author, session, { ExpireAt: end },
            session::Column::Id.eq(found.id.clone()),
            session::Column::ExpireAt.gte(author.now),
            session::Column::IsDisabled.eq(false),
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_not_what_opens_a_session() {
        let stored = hashed("a");
        assert_eq!(stored_ids("a"), [stored.clone(), "a".to_owned()]);
        assert!(!stored_ids(&stored).contains(&stored));
    }
}
