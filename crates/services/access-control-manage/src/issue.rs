//! Having a token created at the callee, and writing down that it was (spec: access-control-manage 4.0 rule 6).

use chrono::TimeDelta;
use contract::{
    access_control_manage::{Office, office},
    catalog::Item,
};
use http::{Method, StatusCode};
use platform::{ApiError, Author, Outgoing, new_row};
use sea_orm::ActiveModelTrait;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use vocabulary::{ActorType, BlockKind, Code, Instant, OperatorType, ServiceName, Session, TimeZone};

use crate::{
    Offices,
    element::Element,
    listed::Call,
    refusal::{Refusal, failure},
    store::{caller_role, token_access_history, token_generation_history},
};

/// A token as the callee gave it; `user_id` is echoed, so null and absent differ.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    api_url: String,
    api_method: String,
    api_token: String,
    #[serde(default, deserialize_with = "present")]
    user_id: Option<Option<String>>,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(deserializer).map(Some)
}

/// The block that a call goes to.
#[derive(Debug)]
pub(crate) struct Callee {
    code: i64,
    service_name: String,
}

/// Looks up both blocks of a call. The caller chose the office; the root knows which one it has to be, and permits what
/// no office judges only where it stands in a list.
pub(crate) async fn callee(
    service: &Offices,
    session: &Session,
    chosen: Office,
    element: &Element,
    code: i64,
) -> Result<Callee, ApiError> {
    let caller = block(service, session, element.caller_block.unwrap_or_default()).await?;
    let temporary = element.body().is_some_and(|body| body["tempShareCode"].is_string());
    let right = office(block_kind(caller.kind), &element.target_method, &element.target_url, temporary);
    if right != Office::Block && right != chosen {
        return Err(Refusal::OtherOffice.into());
    }
    let target = block(service, session, code).await?;
    // A consent was asked about data that are stored or shared in a form of which the table knows nothing.
    let is_judged = chosen.rests_on_consent()
        && element.target_method != Method::DELETE
        && element.target_url.starts_with("/book-operate/");
    if right == Office::Block && !is_judged {
        let call = Call {
            from: (element.caller_block.unwrap_or_default(), caller.kind),
            to: (code, target.kind),
            sender: &element.caller_url,
            method: &element.target_method,
            url: &element.target_url,
            kind: session.operator_type,
        };
        if !service.listed.permit(&call) {
            let path = element.target_url.split('?').next();
            tracing::warn!(?call.from, ?call.to, sender = call.sender, method = %call.method, path, "a call stands in no list");
            return Err(Refusal::NotListed.into());
        }
    }
    Ok(Callee { code, service_name: target.service_name })
}

/// Issues the tokens of a call that was permitted, as far as `parameter` says.
pub(crate) async fn issue(
    service: &Offices,
    session: &Session,
    element: &Element,
    callee: &Callee,
    parameter: Option<String>,
) -> Result<Vec<Value>, ApiError> {
    if session.operator_type == OperatorType::Individual {
        check_book(service, session, &element.target_url).await?;
    }
    let end = service.ground.clock.now() + TimeDelta::minutes(service.settings.life_minutes);
    let wire = TimeZone::UTC.text(end + TimeDelta::hours(service.settings.standard_time_hours));
    let created = order(service, session, element, callee, &wire, parameter.as_ref()).await?;
    write_history(service, session, element, callee.code, end, parameter.as_ref(), &created).await?;
    tracing::info!(
        target: "audit",
        what = "call permitted",
        by = session.login_id,
        caller = element.caller_block,
        callee = callee.code,
        about = element.raw["caller"]["userId"].as_str(),
        method = %element.target_method,
        tokens = created.len(),
    );
    Ok(created.into_iter().map(|created| answer(created, &wire, callee.code)).collect())
}

fn answer(created: Created, wire: &str, callee: i64) -> Value {
    let mut answer = Map::new();
    answer.insert("apiToken".to_owned(), json!(created.api_token));
    answer.insert("apiUrl".to_owned(), json!(created.api_url));
    answer.insert("apiMethod".to_owned(), json!(created.api_method));
    if let Some(user_id) = created.user_id {
        answer.insert("userId".to_owned(), json!(user_id));
    }
    answer.insert("expirationDate".to_owned(), json!(wire));
    answer.insert("blockCode".to_owned(), json!(callee));
    Value::Object(answer)
}

/// A block, as the catalog describes it.
struct BlockItem {
    kind: ActorType,
    service_name: String,
}

/// The kind whose tables a block goes by.
pub(crate) const fn block_kind(kind: ActorType) -> BlockKind {
    match kind {
        ActorType::PxrRoot => BlockKind::Root,
        ActorType::RegionRoot => BlockKind::RegionRoot,
        _ => BlockKind::App,
    }
}

async fn block(service: &Offices, session: &Session, code: i64) -> Result<BlockItem, ApiError> {
    let item =
        service.catalog.item(session, Code(code)).await.map_err(|e| failure(&e, Refusal::NotABlock))?;
    Ok(block_item(&item).ok_or(Refusal::NotABlock)?)
}

fn block_item(item: &Item) -> Option<BlockItem> {
    let kind = item.text("actor-type")?.parse().ok()?;
    item.text("base-url")?;
    Some(BlockItem { kind, service_name: item.text("service-name")?.to_owned() })
}

fn is_open_without_book(url: &str) -> bool {
    let path = url.split('?').next().unwrap_or_default().trim_start_matches('/');
    match path.split_once('/').unwrap_or((path, "")) {
        ("catalog", _) => true,
        // The book itself is reached, and what lies below it; another one is not opened.
        ("book-manage", _) => path.contains('/'),
        ("operator", rest) => rest.split('/').next() == Some("session"),
        _ => false,
    }
}

/// A resident whose book is not open reaches little more than the book itself.
async fn check_book(service: &Offices, session: &Session, url: &str) -> Result<(), ApiError> {
    if is_open_without_book(url) {
        return Ok(());
    }
    let request = Outgoing::get("/book-manage/").session(session);
    let answer = service.ground.channel.send(ServiceName::BookManage, request).await.map_err(|error| {
        tracing::warn!(%error, "the book cannot be asked for");
        Refusal::Unreachable
    })?;
    if answer.status != StatusCode::OK {
        return Err(Refusal::Neighbour.into());
    }
    let book: Value = answer.json()?;
    if book["status"] == json!(0) { Ok(()) } else { Err(Refusal::BookStatus.into()) }
}

async fn order(
    service: &Offices,
    session: &Session,
    element: &Element,
    callee: &Callee,
    wire: &str,
    parameter: Option<&String>,
) -> Result<Vec<Created>, ApiError> {
    let body = json!([permission(element, wire, parameter)]);
    let request = |path: &str| Outgoing::post(path).session(session).json(&body);
    let sent = if callee.code == service.ground.block.root.code.0 {
        service.ground.channel.send(ServiceName::AccessControl, request("/access-control")).await
    } else {
        let request = request("/access-control/access-control");
        service.ground.peers.send(Code(callee.code), &callee.service_name, request).await
    };
    let answer = sent.map_err(|error| {
        tracing::warn!(%error, "a token cannot be ordered");
        Refusal::Unreachable
    })?;
    match answer.status {
        StatusCode::OK => {}
        StatusCode::NO_CONTENT => return Ok(Vec::new()),
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => {
            return Err(ApiError::new(answer.status, answer.message().unwrap_or_default()));
        }
        _ => return Err(Refusal::Neighbour.into()),
    }
    let created: Value = answer.json()?;
    if !created.is_array() {
        return Ok(Vec::new());
    }
    serde_json::from_value(created).map_err(|_| Refusal::Neighbour.into())
}

/// What the callee is told; absent members stay absent.
fn permission(element: &Element, wire: &str, parameter: Option<&String>) -> Value {
    let pick = |from: &Value, keys: &[&str]| -> Map<String, Value> {
        keys.iter().filter_map(|key| Some(((*key).to_owned(), from.get(*key)?.clone()))).collect()
    };
    let mut caller = pick(&element.raw["caller"], &["blockCode", "apiUrl", "apiMethod", "userId", "apiCode"]);
    let operator = pick(&element.raw["caller"]["operator"], &["type", "loginId", "role"]);
    caller.insert("operator".to_owned(), Value::Object(operator));
    let mut target = pick(&element.raw["target"], &["_code", "apiUrl", "apiMethod", "blockCode"]);
    target.insert("expirationDate".to_owned(), json!(wire));
    target.insert("parameter".to_owned(), json!(parameter));
    json!({"caller": caller, "target": target})
}

/// All rows of one issue, in one transaction.
async fn write_history(
    service: &Offices,
    session: &Session,
    element: &Element,
    callee: i64,
    end: Instant,
    parameter: Option<&String>,
    created: &[Created],
) -> Result<(), ApiError> {
    if created.is_empty() {
        return Ok(());
    }
    let author = Author::new(&service.ground, session);
    let caller = &element.raw["caller"];
    let text = |value: &Value| value.as_str().map(short);
    let tx = service.ground.store.write().await?;
    let generation = new_row!(
        author,
        token_generation_history {
            caller_block_catalog_code: element.caller_block.unwrap_or_default(),
            caller_api_url: short(&element.caller_url),
            caller_api_method: element.caller_method.clone(),
            caller_api_code: element.api_code.clone(),
            caller_application_catalog_code: element.application.map(|code| code.value.0),
            caller_application_catalog_version: element.application.map(|code| code.ver.0),
            caller_operator_type: element.operator_type as i16,
            caller_user_id: text(&caller["userId"]),
            temporary_code: text(&caller["requestBody"]["tempShareCode"]),
            identity_code: text(&caller["identificationCode"]),
        }
    );
    let generation = generation.insert(&tx).await?.id;
    for role in &element.roles {
        let row = new_row!(
            author,
            caller_role {
                created_history_id: Some(generation),
                caller_role_catalog_code: role.value.0,
                caller_role_catalog_version: role.ver.0,
            }
        );
        row.insert(&tx).await?;
    }
    for created in created {
        let row = new_row!(
            author,
            token_access_history {
                created_history_id: Some(generation),
                api_token: created.api_token.clone(),
                destination_block_catalog_code: element.target_block.unwrap_or(callee),
                destination_api_url: short(&created.api_url),
                destination_api_method: created.api_method.clone(),
                destination_user_id: created.user_id.clone().flatten(),
                expiration_at: TimeZone::TOKYO.wall_clock(end),
                parameter: Some(json!(parameter).to_string()),
                status: Some(1),
            }
        );
        row.insert(&tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What fits into a `varchar(255)`.
fn short(text: &str) -> String {
    text.chars().take(255).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_open_book_the_book_the_catalog_and_the_session_are_reached() {
        for (url, is_open) in [
            ("/catalog/1", true),
            ("/catalog?ns=a", true),
            ("/book-manage/settings/store/1", true),
            ("/book-manage/", true),
            ("/book-manage?a=1/2", false),
            ("/operator/session", true),
            ("/operator/session/?a=1", true),
            ("/catalog-update/actor?actorType=app", false),
            ("/book-operate/user/list", false),
            ("/operator/sessions", false),
            ("/operator/5?x=/operator/session", false),
            ("/notification?x=/catalog/1", false),
        ] {
            assert_eq!(is_open_without_book(url), is_open, "{url}");
        }
    }
}
