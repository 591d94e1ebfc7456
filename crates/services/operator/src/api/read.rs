//! One operator (spec: operator 4.5).

use axum::{Json, extract::State};
use contract::operator::OperatorView;
use platform::{AnyOperator, ApiError, Call, Fields, Incoming, Input, fields::number};
use vocabulary::OperatorType;

use crate::{Operators, refusal::Refusal, store};

/// The operator that a path names.
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
) -> Result<Json<OperatorView>, ApiError> {
    let (session, Id(id)) = (&call.who.0, call.input);
    if !service.is_self(session, id) && session.operator_type != OperatorType::Member {
        return Err(Refusal::NotPermitted.into());
    }
    let connection = service.ground.store.read();
    let row = store::by_id(connection, id).await?.ok_or(ApiError::NoContent)?;
    let roles = store::roles_of(connection, row.id).await?;
    Ok(Json(service.shown(&row, roles)?))
}
