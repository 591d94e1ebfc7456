//! Creating tokens on order of the root (spec: access-control 4.2).

use axum::{Json, extract::State};
use chrono::TimeDelta;
use platform::{
    ApiError, Author, Call, Incoming, Input, Origin, Who,
    fields::{Complaint, array, code_version, instant, text, uuid},
    new_row,
};
use sea_orm::ActiveModelTrait;
use serde_json::{Map, Value, json};
use vocabulary::{CodeVersion, Instant, OperatorType, Session, random};

use super::{
    decoded,
    element::{Element, element},
};
use crate::{AccessControl, expiry, refusal::Refusal, store::api_access_permission};

/// The root's office: from inside the root itself, or over a connection that proves to be the root's.
#[derive(Debug)]
pub(super) struct RootOffice {
    session: Session,
    origin: Origin,
}

impl Who for RootOffice {
    const WHO: &'static str = "the root's office, on behalf of an operator";

    fn admit(session: Option<Session>, origin: &Origin) -> Result<Self, ApiError> {
        match (session, origin) {
            (Some(session), Origin::Inside | Origin::Peer(_) | Origin::Unsigned(_)) => {
                Ok(Self { session, origin: origin.clone() })
            }
            _ => Err(Refusal::NotTheRoot.into()),
        }
    }
}

#[derive(Debug)]
pub(super) struct Orders(Vec<(Element, Instant)>);

impl Input for Orders {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() && !incoming.body().is_array() {
            return Err(Refusal::Empty.into());
        }
        if !incoming.body().is_array() {
            return Err(Refusal::NotAnArray.into());
        }
        let orders = array(order)(incoming.body()).map_err(|complaint| match complaint {
            Complaint::Inside(reasons) => ApiError::Fields(reasons),
            Complaint::Value(message) => ApiError::bad_request(message),
        })?;
        let nameless =
            |order: &Element| order.operator_type != OperatorType::Application && order.login_id.is_none();
        if orders.iter().any(|(order, _)| nameless(order)) {
            return Err(Refusal::NoLoginId.into());
        }
        Ok(Self(orders))
    }
}

fn order(value: &Value) -> Result<(Element, Instant), Complaint> {
    let roles = |value: &Value| array(code_version)(value).map(drop);
    let element = element(
        value,
        roles,
        |fields| drop(fields.required("apiCode", uuid)),
        |fields| {
            fields.required("expirationDate", instant);
        },
    )?;
    let expiration = value["target"]["expirationDate"].as_str().and_then(Instant::parse);
    expiration.map(|expiration| (element, expiration)).ok_or("日時の形式が正しくありません".into())
}

/// Creates tokens for calls that the root's office permitted. **The root only.**
pub(super) async fn create(
    State(service): State<AccessControl>,
    call: Call<RootOffice, Orders>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let RootOffice { session, origin } = call.who;
    if !origin.speaks_for(service.ground.block.root.code) {
        return Err(Refusal::NotTheRoot.into());
    }
    let now = service.ground.clock.now();
    let life = TimeDelta::minutes(service.settings.life_minutes);
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let mut answers = Vec::with_capacity(call.input.0.len());
    for (order, expiration) in call.input.0 {
        if expiration < now {
            return Err(Refusal::Expired.into());
        }
        let token = random::token();
        row(&order, &token, expiry::end(expiration, now, life), &author)?.insert(&tx).await?;
        answers.push(answer(&order, token));
    }
    tx.commit().await?;
    service.leftovers.clear(&service.ground).await;
    Ok(Json(answers))
}

pub(super) fn row(
    order: &Element,
    token: &str,
    end: Instant,
    author: &Author,
) -> Result<api_access_permission::ActiveModel, ApiError> {
    let (caller, target) = (&order.raw["caller"], &order.raw["target"]);
    let application = CodeVersion::read(&caller["operator"]["app"])
        .filter(|_| order.operator_type == OperatorType::Application);
    let parameter = match &target["parameter"] {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    Ok(new_row!(
        author,
        api_access_permission {
            token: token.to_owned(),
            target_block_code: order.target_block,
            target_api_url: decoded(&order.target_url)?,
            target_api_method: order.target_method.clone(),
            target_user_id: text(&target["userId"]).ok(),
            expiration_date: expiry::column(end),
            caller_block_code: order.caller_block,
            caller_api_url: order.caller_url.clone(),
            caller_api_method: order.caller_method.clone(),
            caller_api_code: text(&caller["apiCode"]).unwrap_or_default(),
            caller_app_code: application.map(|code| code.value.0),
            caller_app_version: application.map(|code| code.ver.0),
            caller_operator_type: order.operator_type as i16,
            caller_operator_login_id: order.login_id.clone().unwrap_or_default(),
            parameter: parameter,
        }
    ))
}

/// What was ordered comes back to the letter: the root matches on it.
fn answer(order: &Element, token: String) -> Value {
    let mut answer = Map::new();
    answer.insert("apiToken".to_owned(), json!(token));
    answer.insert("apiUrl".to_owned(), order.raw["target"]["apiUrl"].clone());
    answer.insert("apiMethod".to_owned(), order.raw["target"]["apiMethod"].clone());
    if let Some(user_id) = order.raw["caller"].get("userId") {
        answer.insert("userId".to_owned(), user_id.clone());
    }
    Value::Object(answer)
}
