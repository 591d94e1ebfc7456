//! Looking up operators (spec: operator 4.6).

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use contract::operator::OperatorView;
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Input,
    fields::{any_text, number},
};
use sea_orm::{ColumnTrait, QueryFilter};
use vocabulary::{OperatorType, Session};

use crate::{
    Operators,
    authority::Within,
    refusal::Refusal,
    store::{self, operator},
};

/// What is looked for.
#[derive(Debug)]
pub(super) enum Search {
    Login { kind: OperatorType, login_id: String, within: Within },
    PxrId(String),
    Kind(OperatorType),
}

impl Input for Search {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let kind = fields.optional("type", number);
        let login_id = fields.optional("loginId", any_text).filter(|text| !text.is_empty());
        let pxr_id = fields.optional("pxrId", any_text).filter(|text| !text.is_empty());
        let within = Within::read(&fields);
        fields.build(|| Some(()))?;
        let kind = match kind {
            None if login_id.is_some() => return Err(Refusal::LoginIdWithoutType.into()),
            None => None,
            Some(number) => Some(OperatorType::try_from(number).map_err(|_| Refusal::TypeOutOfRange)?),
        };
        let within = within.one_at_most()?;
        match (kind, login_id, pxr_id) {
            (Some(kind), Some(login_id), _) => Ok(Self::Login { kind, login_id, within }),
            (_, _, Some(pxr_id)) => Ok(Self::PxrId(pxr_id)),
            (Some(kind), None, None) => Ok(Self::Kind(kind)),
            (None, _, None) => Err(Refusal::NoCondition.into()),
        }
    }
}

/// Operators by login id, PXR-ID or type. **Members; others only themselves.**
pub(super) async fn search(
    State(service): State<Operators>,
    call: Call<AnyOperator, Search>,
) -> Result<Response, ApiError> {
    let session = &call.who.0;
    let row = match call.input {
        Search::Kind(kind) => {
            member_only(session)?;
            return Ok(Json(all_of(&service, kind).await?).into_response());
        }
        Search::PxrId(pxr_id) => by_pxr_id(&service, session, &pxr_id).await?,
        Search::Login { kind, login_id, within } => {
            by_login(&service, session, kind, &login_id, within).await?
        }
    };
    let row = row.ok_or(ApiError::NoContent)?;
    let roles = store::roles_of(service.ground.store.read(), row.id).await?;
    Ok(Json(service.shown(&row, roles)?).into_response())
}

fn member_only(session: &Session) -> Result<(), Refusal> {
    if session.operator_type == OperatorType::Member { Ok(()) } else { Err(Refusal::NotPermitted) }
}

async fn by_pxr_id(
    service: &Operators,
    session: &Session,
    pxr_id: &str,
) -> Result<Option<operator::Model>, ApiError> {
    if session.pxr_id.as_deref() != Some(pxr_id) {
        member_only(session)?;
    }
    Ok(store::live().filter(operator::Column::PxrId.eq(pxr_id)).one(service.ground.store.read()).await?)
}

async fn by_login(
    service: &Operators,
    session: &Session,
    kind: OperatorType,
    login_id: &str,
    within: Within,
) -> Result<Option<operator::Model>, ApiError> {
    let mut query = store::live()
        .filter(operator::Column::Kind.eq(kind.number()))
        .filter(operator::Column::LoginId.eq(login_id));
    if !service.is_named(session, kind, login_id) {
        member_only(session)?;
        if let Some(condition) = service.within(session, within).await? {
            query = query.filter(condition);
        }
    }
    let mut rows = query.all(service.ground.store.read()).await?;
    if rows.len() > 1 {
        return Err(Refusal::Ambiguous.into());
    }
    Ok(rows.pop())
}

async fn all_of(service: &Operators, kind: OperatorType) -> Result<Vec<OperatorView>, ApiError> {
    let connection = service.ground.store.read();
    let rows = store::live().filter(operator::Column::Kind.eq(kind.number())).all(connection).await?;
    if rows.is_empty() {
        return Err(ApiError::NoContent);
    }
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut roles = store::roles(connection, &ids).await?;
    rows.iter().map(|row| service.shown(row, roles.remove(&row.id).unwrap_or_default())).collect()
}
