//! Which rights and roles may be given, and where a caller may look (spec: operator 4.6.1, 4.7.1, 4.7 step 11).

use std::collections::HashSet;

use contract::{CallFailure, catalog::Item};
use platform::{ApiError, Fields, fields::number};
use sea_orm::{ColumnTrait, sea_query::SimpleExpr};
use serde_json::{Map, Value};
use vocabulary::{ActorType, CodeVersion, Session};

use crate::{
    Operators,
    catalog_failure::{of_code, of_namespace},
    refusal::Refusal,
    store::operator,
};

/// The three rights of a member who may do everything with members.
const FULL: [&str; 3] = ["add", "update", "delete"];

/// Whether a member holds all rights over members.
pub(crate) fn is_full(auth: &Value) -> bool {
    FULL.iter().all(|action| auth["member"][action] == Value::Bool(true))
}

/// The application or region in which a login id or a user id means somebody.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Within {
    app: Option<i64>,
    region: Option<i64>,
}

impl Within {
    /// `appCode` and `regionCode`, from a query or a body.
    pub(crate) fn read(fields: &Fields<'_>) -> Self {
        Self { app: fields.optional("appCode", number), region: fields.optional("regionCode", number) }
    }

    pub(crate) fn one_at_most(self) -> Result<Self, Refusal> {
        if self.app.is_some() && self.region.is_some() { Err(Refusal::BothCodes) } else { Ok(self) }
    }

    pub(crate) const fn is_anywhere(self) -> bool {
        self.app.is_none() && self.region.is_none()
    }
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
            let items = self.catalog.in_namespace(session, &ns).await.map_err(of_namespace)?;
            for (action, granted) in actions {
                let item = items.iter().find(|item| item.text("auth-name") == Some(action));
                if !granted.is_boolean() {
                    return Err(Refusal::Authority.into());
                }
                codes.insert(item.ok_or(Refusal::Authority)?.head.code.value.0);
            }
        }
        let allowed = self.allowed_rights(session).await?;
        if codes.is_subset(&allowed) { Ok(()) } else { Err(Refusal::Authority.into()) }
    }

    /// The codes of the rights that the block's actor may give.
    async fn allowed_rights(&self, session: &Session) -> Result<HashSet<i64>, ApiError> {
        let block = &self.ground.block;
        let item = self.catalog.item(session, block.code.value).await.map_err(of_code)?;
        let actor_type = item.text("actor-type").ok_or(Refusal::Catalog)?;
        let ns = match block.actor {
            Some(actor) => {
                format!("catalog/ext/{}/setting/actor/{actor_type}/actor_{}", block.ext_name, actor.value)
            }
            None => format!("catalog/model/setting/actor/{actor_type}"),
        };
        let items = self.catalog.in_namespace(session, &ns).await.map_err(of_namespace)?;
        let groups =
            items.first().and_then(|item| item.get("auth-group")?.as_array().cloned()).unwrap_or_default();
        let codes = groups.iter().filter_map(|group| group["auth"].as_array()).flatten();
        Ok(codes.filter_map(CodeVersion::read).map(|code| code.value.0).collect())
    }

    /// Roles of an application must be applications in the catalog.
    pub(crate) async fn check_roles(&self, session: &Session, roles: &[CodeVersion]) -> Result<(), ApiError> {
        for role in roles {
            let item = self.catalog.item_at(session, role.value, role.ver).await.map_err(of_code)?;
            if !is_application(&item) {
                return Err(Refusal::Role.into());
            }
        }
        Ok(())
    }

    /// The rows that a caller means: an application's block names its application, a region's its region.
    pub(crate) async fn within(
        &self,
        session: &Session,
        within: Within,
    ) -> Result<Option<SimpleExpr>, ApiError> {
        let (column, code) = match self.caller_kind(session).await? {
            ActorType::App => (operator::Column::AppCatalogCode, within.app),
            ActorType::RegionRoot => (operator::Column::RegionCatalogCode, within.region),
            _ => return Ok(None),
        };
        Ok(Some(column.eq(code.ok_or(Refusal::CodeNeeded)?)))
    }

    /// The kind of block that the caller's actor runs.
    async fn caller_kind(&self, session: &Session) -> Result<ActorType, ApiError> {
        let actor = session.actor.ok_or(Refusal::NotPermitted)?;
        let item = self.catalog.item(session, actor.value).await.map_err(|failure| match failure {
            // An item without a namespace tells nothing about the actor.
            CallFailure::Unreadable { .. } => Refusal::NotPermitted.into(),
            other => of_code(other),
        })?;
        let kind = item.head.ns.rsplit('/').next().and_then(|word| word.parse().ok());
        kind.filter(|kind| *kind != ActorType::Wf).ok_or_else(|| Refusal::NotPermitted.into())
    }
}

/// `…/app/<anything>/application…`
fn is_application(item: &Item) -> bool {
    let Some((_, rest)) = item.head.ns.split_once("/app/") else { return false };
    rest.find("/application").is_some_and(|at| at > 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_member_with_all_three_rights_is_full() {
        assert!(is_full(&json!({"member": {"add": true, "update": true, "delete": true}})));
        for auth in [
            json!({}),
            json!({"member": {"add": true, "update": true}}),
            json!({"member": {"add": true, "update": true, "delete": "true"}}),
            json!({"member": true}),
            Value::Null,
        ] {
            assert!(!is_full(&auth), "{auth}");
        }
    }

    #[test]
    fn applications_are_known_by_their_namespace() {
        let item = |ns: &str| -> Item {
            serde_json::from_value(json!({"catalogItem": {"ns": ns, "_code": {"_value": 1, "_ver": 1}}}))
                .unwrap()
        };
        assert!(is_application(&item("catalog/ext/o/actor/app/actor_1/application")));
        assert!(is_application(&item("catalog/ext/o/actor/app/actor_1/application/sub")));
        assert!(!is_application(&item("catalog/ext/o/actor/app/application")));
        assert!(!is_application(&item("catalog/model/format")));
    }
}
