//! Offices that judge by rights (spec: access-control-manage 4.1-4.3).

use axum::{Json, extract::State};
use contract::{access_control_manage::Office, catalog::Item, namespaces};
use http::Method;
use platform::{AnyOperator, ApiError, Call};
use serde_json::Value;
use vocabulary::{Code, Session};

use crate::{
    Offices,
    element::{Element, Targeted},
    grants, issue, peer,
    refusal::{Refusal, failure},
    rights,
};

/// Judges planned calls by the rights of the operator and issues their tokens. **Access control of the blocks**: from
/// inside the root, or over a connection of the very block that calls.
pub(super) async fn judge(
    office: Office,
    State(service): State<Offices>,
    call: Call<AnyOperator, Targeted>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let session = &call.who.0;
    let Targeted(elements) = call.input;
    let root = service.ground.block.root.code;
    peer::check(&call.incoming.origin, session, root, elements.iter().map(|(element, _)| element))?;
    let mut tokens = Vec::new();
    for (element, target) in &elements {
        rights::check(office, session, &element.target_method, &element.target_url)?;
        match office {
            Office::Operator => {
                if let Some(rights) = element.body() {
                    grants::check(&service, session, rights).await?;
                }
            }
            Office::Catalog => check_namespaces(&service, session, element).await?,
            Office::Book => refuse_data_trader(&service, session).await?,
            _ => {}
        }
        let callee = issue::callee(&service, session, office, element, *target).await?;
        tokens.extend(issue::issue(&service, session, element, &callee, None).await?);
    }
    issued(tokens)
}

/// No token at all is no mistake, but there is nothing to answer.
pub(super) fn issued(tokens: Vec<Value>) -> Result<Json<Vec<Value>>, ApiError> {
    if tokens.is_empty() { Err(ApiError::NoContent) } else { Ok(Json(tokens)) }
}

async fn actor(service: &Offices, session: &Session) -> Result<(Code, Item), ApiError> {
    let code = session.actor.ok_or(Refusal::NotPermitted)?.value;
    let item = service.catalog.item(session, code).await.map_err(|e| failure(&e, Refusal::NotAnActor))?;
    Ok((code, item))
}

async fn refuse_data_trader(service: &Offices, session: &Session) -> Result<(), ApiError> {
    let (_, item) = actor(service, session).await?;
    if item.head.ns.ends_with("/actor/data-trader") { Err(Refusal::DataTrader.into()) } else { Ok(()) }
}

/// Every namespace that is written must belong to the session's actor (spec: access-control-manage 4.3). Whose the items
/// are that an update set names by their codes, the catalog judges itself.
async fn check_namespaces(service: &Offices, session: &Session, element: &Element) -> Result<(), ApiError> {
    let written = written(service, session, element).await?;
    let (code, item) = actor(service, session).await?;
    if item.get("main-block").is_none() {
        return Err(Refusal::NotAnActor.into());
    }
    let kind = item.head.ns.split_once("/actor/").map(|(_, kind)| kind).unwrap_or_default();
    for ns in written {
        if !namespaces::may_write(kind, code.0, &ns)
            .ok_or(Refusal::Input("アクターの種別が正しくありません"))?
        {
            return Err(Refusal::Namespace.into());
        }
    }
    Ok(())
}

/// The namespaces of a call: those in its body, and that of the item in its URL. Whoever deletes may name the item
/// in the body instead, by its namespace or its code.
async fn written(service: &Offices, session: &Session, element: &Element) -> Result<Vec<String>, ApiError> {
    let writes = element.target_method == Method::POST || element.target_method == Method::PUT;
    let mut written = Vec::new();
    let mut codes: Vec<Code> = element.catalog_code().into_iter().collect();
    match element.body() {
        Some(Value::Array(all)) => {
            written.extend(all.iter().filter_map(|ns| ns.as_str().map(str::to_owned)));
        }
        Some(Value::String(ns)) if writes => written.push(ns.clone()),
        Some(Value::String(text)) => match text.parse().map(Code) {
            Ok(code) if codes.contains(&code) => {}
            Ok(code) => codes.push(code),
            Err(_) => written.push(namespace_of(service, session, text).await?),
        },
        _ => {}
    }
    for code in codes {
        let item = service.catalog.item(session, code).await;
        written.push(item.map_err(|error| failure(&error, Refusal::NoSuchItem))?.head.ns);
    }
    // An update set may name all that it changes by codes and ids.
    let is_set = element.body().is_some_and(Value::is_array);
    if written.is_empty() && !is_set { Err(Refusal::NoSuchItem.into()) } else { Ok(written) }
}

/// The namespace that the item found in a namespace says it is in.
async fn namespace_of(service: &Offices, session: &Session, ns: &str) -> Result<String, ApiError> {
    let items = service.catalog.in_namespace(session, ns).await;
    let items = items.map_err(|error| failure(&error, Refusal::NoSuchItem))?;
    Ok(items.into_iter().next().ok_or(Refusal::NoSuchItem)?.head.ns)
}
