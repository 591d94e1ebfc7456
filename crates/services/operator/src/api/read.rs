//! Looking up operators (spec: operator 4.5, 4.6).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Input,
    fields::{number, text},
};
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::Value;
use vocabulary::{OperatorType, Session};

use crate::{
    Operators,
    refusal::Refusal,
    store::{self, operator},
};

#[derive(Debug)]
pub(super) struct Id(pub(super) i64);

impl Input for Id {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let id = fields.required("operatorId", number);
        fields.build(|| id.map(Self))
    }
}

/// One operator. **The operator itself, and members.**
pub(super) async fn one(
    State(service): State<Operators>,
    call: Call<AnyOperator, Id>,
) -> Result<Json<Value>, ApiError> {
    let (session, Id(id)) = (&call.who.0, call.input);
    let is_self = is_local(&service, session) && session.operator_id == id;
    if !is_self && session.operator_type != OperatorType::Member {
        return Err(Refusal::NotPermitted.into());
    }
    let connection = service.ground.store.read();
    let row = store::by_id(connection, id).await?.ok_or(ApiError::NoContent)?;
    let roles = store::roles_of(connection, row.id).await?;
    Ok(Json(service.shown(&row, &roles)?))
}

/// Operator ids count within one block.
fn is_local(service: &Operators, session: &Session) -> bool {
    session.block.is_none_or(|block| block.value == service.ground.block.code.value)
}

/// What is looked for.
#[derive(Debug)]
pub(super) enum Search {
    Login { kind: OperatorType, login_id: String, app: Option<i64>, region: Option<i64> },
    PxrId(String),
    Kind(OperatorType),
}

impl Input for Search {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let kind = fields.optional("type", number);
        let login_id = fields.optional("loginId", text);
        let pxr_id = fields.optional("pxrId", text);
        let app = fields.optional("appCode", number);
        let region = fields.optional("regionCode", number);
        fields.build(|| Some(()))?;
        if kind.is_none() && login_id.is_none() && pxr_id.is_none() {
            return Err(Refusal::NoCondition.into());
        }
        if kind.is_none() && login_id.is_some() {
            return Err(Refusal::LoginIdWithoutType.into());
        }
        let kind = match kind {
            Some(number) => Some(OperatorType::try_from(number).map_err(|_| Refusal::TypeOutOfRange)?),
            None => None,
        };
        if app.is_some() && region.is_some() {
            return Err(Refusal::BothCodes.into());
        }
        match (kind, login_id, pxr_id) {
            (Some(kind), Some(login_id), _) => Ok(Self::Login { kind, login_id, app, region }),
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
) -> Result<Json<Value>, ApiError> {
    let session = &call.who.0;
    let member_only = || match session.operator_type {
        OperatorType::Member => Ok(()),
        _ => Err(Refusal::NotPermitted),
    };
    let connection = service.ground.store.read();
    let row = match call.input {
        Search::Kind(kind) => {
            member_only()?;
            return all_of(&service, kind).await;
        }
        Search::PxrId(pxr_id) => {
            if session.pxr_id.as_ref() != Some(&pxr_id) {
                member_only()?;
            }
            store::live().filter(operator::Column::PxrId.eq(pxr_id)).one(connection).await?
        }
        Search::Login { kind, login_id, app, region } => {
            let mut query = store::live()
                .filter(operator::Column::Kind.eq(kind.number()))
                .filter(operator::Column::LoginId.eq(&login_id));
            let is_self = session.operator_type == kind && session.login_id == login_id;
            if !is_self {
                member_only()?;
                match service.caller_kind(session).await?.as_str() {
                    "app" => {
                        let app = app.ok_or(Refusal::CodeNeeded)?;
                        query = query.filter(operator::Column::AppCatalogCode.eq(app));
                    }
                    "region-root" => {
                        let region = region.ok_or(Refusal::CodeNeeded)?;
                        query = query.filter(operator::Column::RegionCatalogCode.eq(region));
                    }
                    _ => {}
                }
            }
            let mut rows = query.all(connection).await?;
            if rows.len() > 1 {
                return Err(Refusal::Ambiguous.into());
            }
            rows.pop()
        }
    };
    let row = row.ok_or(ApiError::NoContent)?;
    let roles = store::roles_of(connection, row.id).await?;
    Ok(Json(service.shown(&row, &roles)?))
}

async fn all_of(service: &Operators, kind: OperatorType) -> Result<Json<Value>, ApiError> {
    let connection = service.ground.store.read();
    let rows = store::live().filter(operator::Column::Kind.eq(kind.number())).all(connection).await?;
    if rows.is_empty() {
        return Err(ApiError::NoContent);
    }
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let roles = store::roles(connection, &ids).await?;
    let shown = rows.iter().map(|row| service.shown(row, roles.get(&row.id).map_or(&[], Vec::as_slice)));
    Ok(Json(Value::Array(shown.collect::<Result<_, _>>()?)))
}
