//! Tokens for planned calls: kept ones, or new ones from the root (spec: access-control 4.1).

use std::sync::Arc;

use axum::{Json, extract::State};
use chrono::{NaiveDateTime, TimeDelta};
use contract::{
    access_control::Token,
    access_control_manage::{Office, office, rests_on_consent},
};
use http::{Method, StatusCode};
use platform::{
    Answer, AnyOperator, ApiError, Author, Call, Incoming, Input, Outgoing, Transaction, Unreachable,
    fields::{Complaint, array},
    new_row,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Deserialize;
use serde_json::{Value, json};
use vocabulary::{CodeVersion, Instant, OperatorType, ServiceName, Session, random};

use super::{
    decoded,
    element::{Element, any_role, codes, element},
    permissions,
};
use crate::{
    AccessControl,
    alone::Inside,
    expiry,
    reduction::{Reduced, reduce},
    refusal::Refusal,
    store::api_token,
};

/// Calls that store data must name their data types.
const STORING: [(&str, &str); 6] = [
    ("POST", "/book-operate/event/"),
    ("PUT", "/book-operate/event/"),
    ("POST", "/book-operate/thing/"),
    ("PUT", "/book-operate/thing/"),
    ("POST", "/book-operate/document/"),
    ("PUT", "/book-operate/document/"),
];

#[derive(Debug)]
pub(super) struct Planned(Vec<Element>);

impl Input for Planned {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if !incoming.body().is_array() {
            return Err(Refusal::NotAnArray.into());
        }
        let planned = array(|value| element(value, any_role, |_| (), codes))(incoming.body());
        let planned = planned.map_err(|complaint| match complaint {
            Complaint::Inside(reasons) => ApiError::Fields(reasons),
            Complaint::Value(message) => ApiError::bad_request(message),
        })?;
        for element in &planned {
            if element.operator_type != OperatorType::Application && element.login_id.is_none() {
                return Err(Refusal::NoLoginId.into());
            }
            let stores = STORING.iter().any(|(method, prefix)| {
                element.target_method == *method && element.target_url.contains(prefix)
            });
            let names_types =
                element.raw["target"]["_code"].as_array().is_some_and(|codes| !codes.is_empty());
            if stores && !element.target_url.contains("bulk") && !names_types {
                return Err(Refusal::NoDataTypes.into());
            }
        }
        Ok(Self(planned))
    }
}

/// Tokens for planned calls. **Any operator; the block's own proxy asks.**
pub(super) async fn tokens(
    State(service): State<AccessControl>,
    call: Call<AnyOperator, Planned>,
) -> Result<Json<Vec<Token>>, ApiError> {
    let access_token = call.access_token().map(str::to_owned);
    let session = call.who.0;
    let mut tokens: Vec<Token> = Vec::new();
    for planned in call.input.0 {
        let planned = PlannedCall::new(&service, &session, planned)?;
        let kept = planned.kept(&service, &session).await?;
        let found = if kept.is_empty() {
            planned.order(&service, &session, access_token.as_deref()).await?
        } else {
            kept
        };
        for token in found {
            let same = |other: &Token| {
                (&other.api_url, &other.api_method, other.block_code)
                    == (&token.api_url, &token.api_method, token.block_code)
            };
            if !tokens.iter().any(same) {
                tokens.push(token);
            }
        }
    }
    Ok(Json(tokens))
}

/// For which calls a token can be used again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    caller_url: String,
    caller_block: i64,
    operator: (OperatorType, String),
    application: Option<i64>,
    target_url: String,
    target_method: String,
    target_block: Option<i64>,
    attribute: Option<String>,
}

/// Tokens with their ends.
pub(crate) type Kept = Arc<Vec<(Token, NaiveDateTime)>>;

/// How much memory both take.
pub(crate) fn size(question: &Question, kept: &Kept) -> usize {
    let Question { caller_url, operator, target_url, target_method, attribute, .. } = question;
    let asked = [caller_url, &operator.1, target_url, target_method].into_iter().chain(attribute);
    let tokens = kept.iter().map(|(token, _)| {
        let texts = [&token.api_url, &token.api_method, &token.api_token].map(String::len);
        size_of::<(Token, NaiveDateTime)>() + texts.iter().sum::<usize>()
    });
    size_of::<Question>() + asked.map(String::len).chain(tokens).sum::<usize>()
}

/// The tokens for such calls that can be used up to some time at least.
async fn find(service: &AccessControl, question: &Question, usable: NaiveDateTime) -> Result<Kept, ApiError> {
    let mut query = api_token::Entity::find()
        .filter(api_token::Column::IsDisabled.eq(false))
        .filter(api_token::Column::ExpirationDate.gte(usable))
        .filter(api_token::Column::CallerApiUrl.eq(&question.caller_url))
        .filter(api_token::Column::CallerOperatorLoginId.eq(&question.operator.1))
        .filter(api_token::Column::CallerOperatorType.eq(question.operator.0.number()))
        .filter(api_token::Column::TargetApiUrl.eq(&question.target_url))
        .filter(api_token::Column::TargetApiMethod.eq(&question.target_method))
        .filter(api_token::Column::CallerBlockCode.eq(question.caller_block))
        .order_by_asc(api_token::Column::Id);
    query = match &question.attribute {
        Some(attribute) => query.filter(api_token::Column::Attribute.eq(attribute)),
        None => query.filter(api_token::Column::Attribute.is_null()),
    };
    if let Some(application) = question.application {
        query = query.filter(api_token::Column::CallerAppCode.eq(application));
    }
    if let Some(block) = question.target_block {
        query = query.filter(api_token::Column::TargetBlockCode.eq(block));
    }
    let rows = query.all(service.ground.store.read()).await?.into_iter().map(|row| {
        let token = Token {
            api_url: row.target_api_url,
            api_method: row.target_api_method,
            block_code: row.target_block_code.unwrap_or_default(),
            api_token: row.token,
        };
        (token, row.expiration_date)
    });
    Ok(Arc::new(rows.collect()))
}

/// One call, ready to be judged.
struct PlannedCall {
    element: Element,
    office: Office,
    reduced: Reduced,
    application: Option<CodeVersion>,
    api_code: String,
}

/// An answer of the root's office.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Granted {
    api_url: String,
    api_method: String,
    api_token: String,
    #[serde(default)]
    user_id: Option<String>,
    expiration_date: String,
    block_code: i64,
}

impl PlannedCall {
    fn new(service: &AccessControl, session: &Session, element: Element) -> Result<Self, ApiError> {
        let body = element.raw["caller"].get("requestBody").filter(|body| !body.is_null());
        let temporary =
            body.is_some_and(|body| body["tempShareCode"].as_str().is_some_and(|code| !code.is_empty()));
        let method: Method = element.target_method.parse().map_err(ApiError::unexpected)?;
        let office = office(service.ground.block.kind, &method, &element.target_url, temporary);
        let reduced = reduce(office, &method, &element.target_url, body)?;
        let application = match session.operator_type {
            OperatorType::Application => {
                Some(reduced.application.or_else(|| session.roles.first().copied()).ok_or(Refusal::NoRole)?)
            }
            _ => None,
        };
        Ok(Self { element, office, reduced, application, api_code: random::uuid().to_string() })
    }

    /// Tokens that still work, where the judgement cannot have changed with a consent, nor with the state of the
    /// resident's own book.
    async fn kept(&self, service: &AccessControl, session: &Session) -> Result<Vec<Token>, ApiError> {
        let method = self.method()?;
        let is_judged_anew = rests_on_consent(&method, &self.element.target_url)
            || session.operator_type == OperatorType::Individual;
        if is_judged_anew || !service.ground.caching {
            return Ok(Vec::new());
        }
        let usable =
            expiry::column(service.ground.clock.now() + TimeDelta::seconds(service.settings.buffer_seconds));
        let question = Question {
            caller_url: self.element.caller_url.clone(),
            caller_block: self.element.caller_block,
            operator: (session.operator_type, session.login_id.clone()),
            application: self.application.map(|application| application.value.0),
            target_url: decoded(&self.element.target_url)?,
            target_method: self.element.target_method.clone(),
            target_block: self.element.target_block,
            attribute: self.reduced.attribute(),
        };
        let read = async || find(service, &question, usable).await;
        let kept = service.kept.or_read(&question, read).await?;
        // What is remembered may have ended since.
        Ok(kept.iter().filter(|(_, end)| *end >= usable).map(|(token, _)| token.clone()).collect())
    }

    /// The element as the root's office gets it.
    fn completed(&self, session: &Session) -> Value {
        let mut element = self.element.raw.clone();
        let caller = &mut element["caller"];
        caller["apiCode"] = json!(self.api_code);
        caller["userId"] = json!(self.reduced.user_id);
        caller["operator"]["type"] = json!(session.operator_type.number());
        caller["operator"]["loginId"] = json!(session.login_id);
        if let Some(application) = self.application {
            caller["operator"]["role"] = json!(session.roles);
            caller["operator"]["app"] = json!(application);
        }
        match &self.reduced.body {
            Some(body) => caller["requestBody"] = body.clone(),
            None => {
                if let Value::Object(caller) = caller {
                    caller.shift_remove("requestBody");
                }
            }
        }
        if self.element.target_url.contains("allowPartialStore=true") {
            element["target"]["allowPartialStore"] = json!(true);
        }
        element
    }

    /// Asks the root, and keeps what it grants.
    async fn order(
        &self,
        service: &AccessControl,
        session: &Session,
        access_token: Option<&str>,
    ) -> Result<Vec<Token>, ApiError> {
        let author = Author::new(&service.ground, session);
        let now = service.ground.clock.now();
        let life = TimeDelta::minutes(service.settings.life_minutes);
        let answer = self.judged(service, session, access_token).await?;
        let tx = service.ground.store.write().await?;
        let granted = match answer {
            Some(granted) => granted,
            None => vec![self.grant_alone(service, session, &author, now + life, &tx).await?],
        };
        let mut tokens = Vec::with_capacity(granted.len());
        for granted in granted {
            let fits = granted.api_url == self.element.target_url
                && granted.api_method == self.element.target_method
                && granted.user_id == self.reduced.user_id;
            let received =
                Instant::parse(&granted.expiration_date).filter(|_| fits).ok_or(Refusal::NotAssignable)?;
            let row = new_row!(
                author,
                api_token {
                    token: granted.api_token.clone(),
                    target_block_code: Some(granted.block_code),
                    target_api_url: decoded(&granted.api_url)?,
                    target_api_method: granted.api_method.clone(),
                    target_user_id: granted.user_id,
                    expiration_date: expiry::column(expiry::end(received, now, life)),
                    caller_block_code: self.element.caller_block,
                    caller_api_url: self.element.caller_url.clone(),
                    caller_api_method: self.element.caller_method.clone(),
                    caller_api_code: self.api_code.clone(),
                    caller_app_code: self.application.map(|code| code.value.0),
                    caller_app_version: self.application.map(|code| code.ver.0),
                    caller_operator_type: session.operator_type as i16,
                    caller_operator_login_id: session.login_id.clone(),
                    attribute: self.reduced.attribute(),
                }
            );
            row.insert(&tx).await?;
            tokens.push(Token {
                api_url: granted.api_url,
                api_method: granted.api_method,
                block_code: granted.block_code,
                api_token: granted.api_token,
            });
        }
        tx.commit().await?;
        service.leftovers.clear(&service.ground).await;
        Ok(tokens)
    }

    /// What the root grants; none where the block grants the token itself.
    async fn judged(
        &self,
        service: &AccessControl,
        session: &Session,
        access_token: Option<&str>,
    ) -> Result<Option<Vec<Granted>>, ApiError> {
        let block = &service.ground.block;
        let (own, method) = (block.code.value.0, self.method()?);
        let inside = Inside {
            office: self.office,
            operator: session.operator_type,
            own,
            way: (self.element.caller_block, self.element.target_block.unwrap_or(own)),
            method: &method,
            url: &self.element.target_url,
        };
        // Before its certification a block may do little, even inside itself; the root knows how little.
        if block.actor.is_some() && inside.needs_no_judgement(block.kind) {
            return Ok(None);
        }
        match self.ask_root(service, session, access_token).await {
            Ok(answer) => granted(&answer).map(Some),
            Err(error) if inside.goes_on_without_root() => {
                tracing::warn!(%error, "the root cannot be reached: a call inside the block goes on without it");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn method(&self) -> Result<Method, ApiError> {
        self.element.target_method.parse().map_err(ApiError::unexpected)
    }

    async fn ask_root(
        &self,
        service: &AccessControl,
        session: &Session,
        access_token: Option<&str>,
    ) -> Result<Answer, Unreachable> {
        let office = self.office.path();
        let block = &service.ground.block;
        let outgoing = |path: String| {
            let request = Outgoing::post(path).session(session).json(&[self.completed(session)]);
            match access_token {
                Some(token) => request.header("access-token", token),
                None => request,
            }
        };
        if block.is_root() {
            let request = outgoing(format!("/access-control-manage/{office}"));
            return service.ground.channel.send(ServiceName::AccessControlManage, request).await;
        }
        let request = outgoing(format!("/access-control-manage/access-control-manage/{office}"));
        service.ground.peers.send(block.root.code, &block.root.service_name, request).await
    }

    /// The token that the root would have ordered of this very service.
    async fn grant_alone(
        &self,
        service: &AccessControl,
        session: &Session,
        author: &Author,
        end: Instant,
        tx: &Transaction,
    ) -> Result<Granted, ApiError> {
        let order = Element {
            raw: self.completed(session),
            operator_type: session.operator_type,
            login_id: Some(session.login_id.clone()),
            ..self.element.clone()
        };
        let token = random::token();
        permissions::row(&order, &token, end, author)?.insert(tx).await?;
        Ok(Granted {
            api_url: order.target_url,
            api_method: order.target_method,
            api_token: token,
            user_id: self.reduced.user_id.clone(),
            expiration_date: service.ground.zone.text(end),
            block_code: service.ground.block.code.value.0,
        })
    }
}

/// What an answer of the root grants.
fn granted(answer: &Answer) -> Result<Vec<Granted>, ApiError> {
    let message = || answer.message().unwrap_or_else(|| "この操作は許可されていません".to_owned());
    match answer.status {
        StatusCode::OK => answer.json(),
        StatusCode::NO_CONTENT | StatusCode::BAD_REQUEST => Err(Refusal::NotCreated(message()).into()),
        StatusCode::UNAUTHORIZED => Err(Refusal::NotPermitted(message()).into()),
        status => Err(Refusal::Failed(status).into()),
    }
}
