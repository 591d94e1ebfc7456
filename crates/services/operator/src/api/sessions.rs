//! Checking and ending sessions (spec: operator 4.17, 4.18). The session id is the secret.

use axum::{Json, extract::State, http::HeaderMap};
use platform::{
    Anyone, ApiError, Author, Call, Incoming, Input, JsonBytes,
    fields::{boolean, short_text},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use vocabulary::OperatorType;

use super::Done;
use crate::{
    Operators,
    body::object,
    cookies::set_cookies,
    refusal::Refusal,
    sessions,
    store::{operator, session},
};

#[derive(Debug)]
pub(super) struct SessionId {
    session_id: String,
    extend: bool,
}

impl Input for SessionId {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let session_id = fields.required("sessionId", short_text);
        let extend = fields.optional("extendFlg", boolean).unwrap_or(false);
        fields.build(|| Some(Self { session_id: session_id?, extend }))
    }
}

/// Who a session belongs to: what all services ask. **Holders of the session id.**
pub(super) async fn check(
    State(service): State<Operators>,
    call: Call<Anyone, SessionId>,
) -> Result<JsonBytes, ApiError> {
    let checked = sessions::checked(&service, &call.input.session_id).await?;
    if call.input.extend {
        sessions::extend(&service, &checked).await?;
    }
    Ok(JsonBytes(checked.identity.clone()))
}

/// The same for a resident's browser. **Residents with their cookie.**
pub(super) async fn check_individual(
    state: State<Operators>,
    call: Call<Anyone, SessionId>,
) -> Result<JsonBytes, ApiError> {
    own_cookie(&call)?;
    check(state, call).await
}

/// Ends a session of a member or an application. **Holders of the session id.**
pub(super) async fn logout(
    State(service): State<Operators>,
    call: Call<Anyone, SessionId>,
) -> Result<(HeaderMap, Json<Done>), ApiError> {
    end(&service, &call, |kind| kind != OperatorType::Individual).await
}

/// Ends a session of a resident. **Residents with their cookie.**
pub(super) async fn logout_individual(
    State(service): State<Operators>,
    call: Call<Anyone, SessionId>,
) -> Result<(HeaderMap, Json<Done>), ApiError> {
    own_cookie(&call)?;
    end(&service, &call, |kind| kind == OperatorType::Individual).await
}

fn own_cookie(call: &Call<Anyone, SessionId>) -> Result<(), Refusal> {
    let cookie = call.incoming.cookie(OperatorType::Individual.cookie());
    if cookie == Some(call.input.session_id.as_str()) { Ok(()) } else { Err(Refusal::NotLoggedIn) }
}

async fn end(
    service: &Operators,
    call: &Call<Anyone, SessionId>,
    admitted: impl Fn(OperatorType) -> bool,
) -> Result<(HeaderMap, Json<Done>), ApiError> {
    let connection = service.ground.store.read();
    let session_id = &call.input.session_id;
    let found = session::Entity::find()
        .filter(session::Column::Id.is_in(sessions::stored_ids(session_id)))
        .filter(session::Column::IsDisabled.eq(false))
        .find_also_related(operator::Entity)
        .one(connection)
        .await?;
    let Some((found, Some(row))) = found else { return Err(Refusal::NoSuchSession.into()) };
    if service.ground.store.instant(found.expire_at) < service.ground.clock.now() {
        return Err(Refusal::SessionExpired.into());
    }
    let kind = row.operator_type()?;
    if !admitted(kind) {
        return Err(Refusal::TypeOutOfRange.into());
    }
    let author = Author::named(&service.ground, &row.login_id);
    sessions::end_now(connection, row.id, session_id, &author).await?;
    let is_own = call.incoming.cookie(kind.cookie()) == Some(session_id.as_str());
    let cookies: Vec<_> = is_own.then(|| service.removal(kind)).into_iter().collect();
    Ok((set_cookies(&cookies), Json(Done::OK)))
}
