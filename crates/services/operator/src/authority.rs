//! Which rights and roles may be given (spec: operator 4.7.1, 4.7 step 11).

use std::collections::HashSet;

use contract::catalog::Item;
use platform::ApiError;
use serde_json::{Map, Value};
use vocabulary::{CodeVersion, Session};

use crate::{
    Operators,
    global_setting::{code_failure, namespace_failure},
    refusal::Refusal,
};

/// The three rights of a member who may do everything with members.
const FULL: [&str; 3] = ["add", "update", "delete"];

/// Whether a member holds all rights over members.
pub(crate) fn is_full(auth: Option<&Value>) -> bool {
    auth.is_some_and(|auth| FULL.iter().all(|action| auth["member"][action] == Value::Bool(true)))
}

impl Operators {
    /// Every right must exist in the catalog and be allowed to the block's actor.
    pub(crate) async fn check_rights(
        &self,
        session: &Session,
        auth: &Map<String, Value>,
    ) -> Result<(), ApiError> {
        let mut codes = HashSet::new();
        for (group, actions) in auth {
            let actions = actions.as_object().ok_or(Refusal::Authority)?;
            let ns = format!("catalog/model/auth/{group}");
            let items = self.catalog.in_namespace(session, &ns).await.map_err(namespace_failure)?;
            for (action, granted) in actions {
                let item = items.iter().find(|item| item.text("auth-name") == Some(action));
                if !granted.is_boolean() {
                    return Err(Refusal::Authority.into());
                }
                codes.insert(item.ok_or(Refusal::Authority)?.head.code.value.0);
            }
        }
        let allowed = self.allowed_rights(session).await?;
        if codes.iter().all(|code| allowed.contains(code)) { Ok(()) } else { Err(Refusal::Authority.into()) }
    }

    async fn allowed_rights(&self, session: &Session) -> Result<HashSet<i64>, ApiError> {
        let block = &self.ground.block;
        let item = self.catalog.item(session, block.code.value).await.map_err(code_failure)?;
        let actor_type = item.text("actor-type").ok_or(Refusal::Catalog)?;
        let ns = match block.actor {
            Some(actor) => {
                format!("catalog/ext/{}/setting/actor/{actor_type}/actor_{}", block.ext_name, actor.value)
            }
            None => format!("catalog/model/setting/actor/{actor_type}"),
        };
        let items = self.catalog.in_namespace(session, &ns).await.map_err(namespace_failure)?;
        let groups =
            items.first().and_then(|item| item.get("auth-group")?.as_array().cloned()).unwrap_or_default();
        let codes = groups.iter().filter_map(|group| group["auth"].as_array()).flatten();
        Ok(codes.filter_map(CodeVersion::read).map(|code| code.value.0).collect())
    }

    /// Roles of an application must be applications in the catalog.
    pub(crate) async fn check_roles(&self, session: &Session, roles: &[CodeVersion]) -> Result<(), ApiError> {
        for role in roles {
            let item = self.catalog.item_at(session, role.value, role.ver).await.map_err(code_failure)?;
            if !is_application(&item) {
                return Err(Refusal::Role.into());
            }
        }
        Ok(())
    }

    /// The kind of block that the caller's actor runs (spec: operator 4.6.1).
    pub(crate) async fn caller_kind(&self, session: &Session) -> Result<String, ApiError> {
        let actor = session.actor.ok_or(Refusal::NotPermitted)?;
        let item = self.catalog.item(session, actor.value).await.map_err(code_failure)?;
        let kind = item.head.ns.rsplit('/').next().unwrap_or_default();
        match kind {
            "pxr-root" | "region-root" | "app" | "data-trader" | "consumer" => Ok(kind.to_owned()),
            _ => Err(Refusal::NotPermitted.into()),
        }
    }
}

/// `…/app/<anything>/application…`
fn is_application(item: &Item) -> bool {
    let Some((_, rest)) = item.head.ns.split_once("/app/") else { return false };
    rest.find("/application").is_some_and(|at| at > 0)
}
