//! How an office judges.

use axum::{Json, extract::State};
use contract::{
    CallFailure,
    access_control_manage::{Office, office},
    catalog::Item,
};
use platform::{AnyOperator, ApiError, Call, Origin};
use serde_json::Value;
use vocabulary::{BlockKind, Code, Session};

use crate::{
    Offices, bootstrap,
    element::{Element, Elements},
    grants, issue, namespaces,
    refusal::{Refusal, failure},
    rights,
};

/// Judges planned calls and issues their tokens. **Access control of the blocks**: from inside the root, or over a
/// connection of the very block that calls.
pub(super) async fn judge(
    office: Office,
    State(service): State<Offices>,
    call: Call<AnyOperator, Elements>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let session = &call.who.0;
    let Elements(elements) = call.input;
    check_peer(&service, &call.incoming.origin, &elements)?;
    let mut tokens = Vec::new();
    for element in &elements {
        let callee = element.target_block.ok_or(Refusal::NoTargetBlock)?;
        check_office(&service, session, office, element).await?;
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
        tokens.extend(issue::issue(&service, session, element, callee, None).await?);
    }
    if tokens.is_empty() { Err(ApiError::NoContent) } else { Ok(Json(tokens)) }
}

/// A peer speaks for its own block only; before its certification it reaches little.
fn check_peer(service: &Offices, origin: &Origin, elements: &[Element]) -> Result<(), Refusal> {
    let peer = match origin {
        Origin::Inside => return Ok(()),
        Origin::Peer(peer) => peer,
        Origin::Public => return Err(Refusal::OtherPeer),
    };
    if elements.iter().any(|element| element.caller_block != Some(peer.block.0)) {
        return Err(Refusal::OtherPeer);
    }
    let root = service.ground.block.root.code.0;
    let admitted = |element: &Element| {
        let own = element.target_block == element.caller_block;
        (own || element.target_block == Some(root))
            && bootstrap::admits(own, &element.target_method, &element.target_url)
    };
    if peer.bootstrap && !elements.iter().all(admitted) { Err(Refusal::Bootstrap) } else { Ok(()) }
}

/// The caller chose the office; the root knows which one it has to be.
async fn check_office(
    service: &Offices,
    session: &Session,
    chosen: Office,
    element: &Element,
) -> Result<(), ApiError> {
    let kind = block_kind(service, session, element.caller_block.unwrap_or_default()).await?;
    let temporary = element.body().is_some_and(|body| body["tempShareCode"].is_string());
    let right = office(kind, &element.target_method, &element.target_url, temporary);
    if right == Office::Block || right == chosen { Ok(()) } else { Err(Refusal::OtherOffice.into()) }
}

async fn block_kind(service: &Offices, session: &Session, code: i64) -> Result<BlockKind, ApiError> {
    if code == service.ground.block.root.code.0 {
        return Ok(BlockKind::Root);
    }
    let item =
        service.catalog.item(session, Code(code)).await.map_err(|e| failure(&e, Refusal::NotABlock))?;
    Ok(match item.text("actor-type") {
        Some("pxr-root") => BlockKind::Root,
        Some("region-root") => BlockKind::RegionRoot,
        _ => BlockKind::App,
    })
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

/// Every namespace that is written must belong to the session's actor (spec: access-control-manage 4.3).
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

/// The namespaces of a call: those in its body, and that of the item in its URL.
async fn written(service: &Offices, session: &Session, element: &Element) -> Result<Vec<String>, ApiError> {
    let mut written: Vec<String> = match element.body() {
        Some(Value::Array(all)) => all.iter().filter_map(|ns| ns.as_str().map(str::to_owned)).collect(),
        Some(Value::String(ns)) if ns.parse::<i64>().is_err() => vec![ns.clone()],
        _ => Vec::new(),
    };
    let path = element.target_url.split('?').next().unwrap_or_default().trim_end_matches('/');
    let code = path.strip_prefix("/catalog/ext/").and_then(|code| code.parse().ok()).map(Code);
    if let Some(code) = code {
        let missing = |error: CallFailure| failure(&error, Refusal::NoSuchItem);
        written.push(service.catalog.item(session, code).await.map_err(missing)?.head.ns);
    }
    Ok(written)
}
