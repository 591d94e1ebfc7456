//! Checking a token where a call arrives (spec: access-control 4.3).

use axum::{Json, extract::State};
use contract::access_control::{Collated, Collation, CollationCaller, CollationTarget};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input,
    fields::{boolean, nested, number, text},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use subtle::ConstantTimeEq;

use super::decoded;
use crate::{AccessControl, expiry, refusal::Refusal, store::api_access_permission};

#[derive(Debug)]
pub(super) struct Presented(Collation);

impl Input for Presented {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.body().is_array() {
            return Err(Refusal::Array.into());
        }
        let fields = incoming.fields();
        let caller = fields.required("caller", |value| {
            nested(value, |fields| {
                let api_url = fields.required("apiUrl", text);
                let block_code = fields.optional("blockCode", number);
                let single_use = fields.optional("singleUse", boolean).unwrap_or_default();
                fields.inside(|| Some(CollationCaller { api_url: api_url?, block_code, single_use }))
            })
        });
        let target = fields.required("target", |value| {
            nested(value, |fields| {
                let api_url = fields.required("apiUrl", text);
                let api_method = fields.required("apiMethod", |value| {
                    let method = text(value)?;
                    let known = matches!(method.as_str(), "GET" | "POST" | "PUT" | "DELETE");
                    if known {
                        Ok(method)
                    } else {
                        Err("GET, POST, PUT, DELETEのいずれかを指定してください".into())
                    }
                });
                let api_token = fields.required("apiToken", text);
                fields.inside(|| {
                    Some(CollationTarget {
                        api_url: api_url?,
                        api_method: api_method?,
                        api_token: api_token?,
                    })
                })
            })
        });
        fields.build(|| Some(Self(Collation { caller: caller?, target: target? })))
    }
}

/// What a token permits, if it fits the call, its caller and the time. **Any operator.**
pub(super) async fn collate(
    State(service): State<AccessControl>,
    call: Call<AnyOperator, Presented>,
) -> Result<Json<Collated>, ApiError> {
    let Presented(Collation { caller, target }) = call.input;
    let presented = target.api_token.clone();
    let session = &call.who.0;
    let now = expiry::column(service.ground.clock.now());
    let mut query = api_access_permission::Entity::find()
        .filter(api_access_permission::Column::IsDisabled.eq(false))
        .filter(api_access_permission::Column::Token.eq(target.api_token))
        .filter(api_access_permission::Column::CallerApiUrl.eq(caller.api_url))
        .filter(api_access_permission::Column::TargetApiUrl.eq(decoded(&target.api_url)?))
        .filter(api_access_permission::Column::TargetApiMethod.eq(target.api_method))
        .filter(api_access_permission::Column::ExpirationDate.gte(now))
        .filter(api_access_permission::Column::CallerOperatorType.eq(session.operator_type.number()))
        .filter(api_access_permission::Column::CallerOperatorLoginId.eq(session.login_id.clone()));
    if let Some(block) = caller.block_code {
        query = query.filter(api_access_permission::Column::CallerBlockCode.eq(block));
    }
    let row = query.order_by_asc(api_access_permission::Column::Id).one(service.ground.store.read()).await?;
    let row = row.filter(|row| is_same(&row.token, &presented)).ok_or(Refusal::NoSuchToken)?;
    if caller.single_use {
        spend(&service, row.id).await?;
    }
    Ok(Json(Collated { user_id: row.target_user_id, parameter: row.parameter }))
}

/// The database found the row by the token; that it is the same to the letter is said in constant time, whatever
/// collation the column has.
fn is_same(token: &str, presented: &str) -> bool {
    token.as_bytes().ct_eq(presented.as_bytes()).into()
}

/// Of two calls with one token exactly one is let through.
async fn spend(service: &AccessControl, id: i64) -> Result<(), ApiError> {
    let tx = service.ground.store.write().await?;
    let spent = api_access_permission::Entity::update_many()
        .col_expr(api_access_permission::Column::IsDisabled, Expr::value(true))
        .filter(api_access_permission::Column::Id.eq(id))
        .filter(api_access_permission::Column::IsDisabled.eq(false))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    if spent.rows_affected == 1 { Ok(()) } else { Err(Refusal::NoSuchToken.into()) }
}
