//! Checking a token where a call arrives (spec: access-control 4.3).

use std::sync::Arc;

use axum::{Json, extract::State};
use chrono::NaiveDateTime;
use contract::access_control::{Collated, Collation, CollationCaller, CollationTarget};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input,
    fields::{boolean, nested, number, text},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use subtle::ConstantTimeEq;
use vocabulary::OperatorType;

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
    let session = &call.who.0;
    let question = Question {
        token: target.api_token,
        caller_url: caller.api_url,
        caller_block: caller.block_code,
        target_url: decoded(&target.api_url)?,
        target_method: target.api_method,
        operator: (session.operator_type, session.login_id.clone()),
    };
    let row = if caller.single_use {
        let row = find(&service, &question).await?;
        spend(&service, row.id).await?;
        row
    } else {
        service.permitted.or_read(&question, async || find(&service, &question).await).await?
    };
    // What is remembered may have ended since.
    if row.end < expiry::column(service.ground.clock.now()) {
        return Err(Refusal::NoSuchToken.into());
    }
    Ok(Json(Collated { user_id: row.user_id.clone(), parameter: row.parameter.clone() }))
}

/// A token, and the call that it has to fit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    token: String,
    caller_url: String,
    caller_block: Option<i64>,
    target_url: String,
    target_method: String,
    operator: (OperatorType, String),
}

/// What a token permits that was good when it was looked for.
#[derive(Debug)]
pub(crate) struct Permitted {
    id: i64,
    end: NaiveDateTime,
    user_id: Option<String>,
    parameter: Option<String>,
}

/// How much memory both take.
pub(crate) fn size(question: &Question, permitted: &Arc<Permitted>) -> usize {
    let asked = [
        &question.token,
        &question.caller_url,
        &question.target_url,
        &question.target_method,
        &question.operator.1,
    ];
    let answered = [&permitted.user_id, &permitted.parameter].into_iter().flatten();
    let texts = asked.into_iter().chain(answered).map(String::len).sum::<usize>();
    size_of::<Question>() + size_of::<Permitted>() + texts
}

async fn find(service: &AccessControl, question: &Question) -> Result<Arc<Permitted>, ApiError> {
    let now = expiry::column(service.ground.clock.now());
    let mut query = api_access_permission::Entity::find()
        .filter(api_access_permission::Column::IsDisabled.eq(false))
        .filter(api_access_permission::Column::Token.eq(&question.token))
        .filter(api_access_permission::Column::CallerApiUrl.eq(&question.caller_url))
        .filter(api_access_permission::Column::TargetApiUrl.eq(&question.target_url))
        .filter(api_access_permission::Column::TargetApiMethod.eq(&question.target_method))
        .filter(api_access_permission::Column::ExpirationDate.gte(now))
        .filter(api_access_permission::Column::CallerOperatorType.eq(question.operator.0.number()))
        .filter(api_access_permission::Column::CallerOperatorLoginId.eq(&question.operator.1));
    if let Some(block) = question.caller_block {
        query = query.filter(api_access_permission::Column::CallerBlockCode.eq(block));
    }
    let row = query.order_by_asc(api_access_permission::Column::Id).one(service.ground.store.read()).await?;
    let row = row.filter(|row| is_same(&row.token, &question.token)).ok_or(Refusal::NoSuchToken)?;
    let (end, user_id, parameter) = (row.expiration_date, row.target_user_id, row.parameter);
    Ok(Arc::new(Permitted { id: row.id, end, user_id, parameter }))
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
