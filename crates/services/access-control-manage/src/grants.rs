//! May these rights be granted to a member? (spec: access-control-manage 4.2)

use std::collections::HashSet;

use platform::ApiError;
use serde_json::Value;
use vocabulary::{CodeVersion, Session};

use crate::{
    Offices,
    refusal::{Refusal, failure},
};

/// Every right must exist and be allowed to the actor of the session's block.
pub(crate) async fn check(service: &Offices, session: &Session, rights: &Value) -> Result<(), ApiError> {
    let mut wanted = HashSet::new();
    for (area, actions) in rights.as_object().into_iter().flatten() {
        let ns = format!("catalog/model/auth/{area}");
        let items = match service.catalog.in_namespace(session, &ns).await {
            Ok(items) => items,
            Err(error) => match failure(&error, Refusal::NotPermitted) {
                Refusal::NotPermitted => Vec::new(),
                other => return Err(other.into()),
            },
        };
        for action in actions.as_object().into_iter().flatten().map(|(action, _)| action) {
            let item = items.iter().find(|item| item.text("auth-name") == Some(action));
            wanted.insert(item.ok_or(Refusal::NotPermitted)?.head.code.value.0);
        }
    }
    let allowed = allowed(service, session).await?;
    if wanted.iter().all(|code| allowed.contains(code)) { Ok(()) } else { Err(Refusal::NotPermitted.into()) }
}

async fn allowed(service: &Offices, session: &Session) -> Result<HashSet<i64>, ApiError> {
    let block = session.block.ok_or(Refusal::NotABlock)?;
    let item =
        service.catalog.item(session, block.value).await.map_err(|e| failure(&e, Refusal::NotABlock))?;
    let actor_type = item.text("actor-type").ok_or(Refusal::NotABlock)?;
    let ns = match session.actor {
        Some(actor) => {
            let ext_name = &service.ground.block.ext_name;
            format!("catalog/ext/{ext_name}/setting/actor/{actor_type}/actor_{}", actor.value)
        }
        None => format!("catalog/model/setting/actor/{actor_type}"),
    };
    let items =
        service.catalog.in_namespace(session, &ns).await.map_err(|e| failure(&e, Refusal::NoSetting))?;
    let setting = items.first().ok_or(Refusal::NoSetting)?;
    let groups = setting.get("auth-group").and_then(Value::as_array).cloned().unwrap_or_default();
    let codes = groups.iter().filter_map(|group| group["auth"].as_array()).flatten();
    Ok(codes.filter_map(CodeVersion::read).map(|code| code.value.0).collect())
}
