//! The application an operator acts for, and the kind of block it belongs to.

use contract::CallFailure;
use vocabulary::{Code, CodeVersion, OperatorType, Session};

use crate::{BookOperate, items::Head, neighbours, refusal::Refusal};

/// The application of an operator: its `service`, else its first role. Only applications have one.
pub(crate) fn of(session: &Session) -> Option<Code> {
    if session.operator_type != OperatorType::Application {
        return None;
    }
    let service = session.object().get("service").and_then(CodeVersion::read);
    service.or_else(|| session.roles.first().copied()).map(|app| app.value).filter(|app| app.0 != 0)
}

/// The kinds of blocks that have users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ActorKind {
    App,
    Region,
}

impl ActorKind {
    /// Reads the last part of an actor's namespace.
    pub(crate) fn of(ns: &str) -> Option<Self> {
        match ns.rsplit('/').next() {
            Some("app") => Some(Self::App),
            Some("region-root") => Some(Self::Region),
            _ => None,
        }
    }
}

impl BookOperate {
    /// The application of the caller, in whose name and in whose actor's name alone it stores (spec: D4).
    pub(crate) fn storing(&self, session: &Session, heads: &[&Head]) -> Result<Code, Refusal> {
        let app = of(session).ok_or(Refusal::NoApplication)?;
        let actor = session.actor.map(|actor| actor.value);
        let is_own = |head: &&Head| {
            head.app.value == app && (self.settings.any_actor || Some(head.actor.value) == actor)
        };
        if heads.iter().all(is_own) { Ok(app) } else { Err(Refusal::ForeignApplication) }
    }

    /// What kind of actor an operator belongs to. Others have no users.
    pub(crate) async fn actor_kind(&self, session: &Session) -> Result<ActorKind, platform::ApiError> {
        let actor = session.actor.ok_or(Refusal::NotPermitted)?;
        let item = match self.catalog.item(session, actor.value).await {
            Ok(item) => item,
            // An item without a readable head is nobody's actor.
            Err(CallFailure::Unreadable { .. }) => return Err(Refusal::NotPermitted.into()),
            Err(failure) => return Err(neighbours::standard(failure)),
        };
        Ok(ActorKind::of(&item.head.ns).ok_or(Refusal::NotPermitted)?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn session(kind: i64, service: Value, roles: Value) -> Session {
        let object =
            json!({"type": kind, "operatorId": 1, "loginId": "a", "service": service, "roles": roles});
        Session::from_json(object).unwrap()
    }

    #[test]
    fn an_application_is_named_by_its_service_or_its_first_role() {
        let role = json!([{"_value": "31", "_ver": 1}]);
        assert_eq!(of(&session(2, json!({"_value": 30, "_ver": 1}), role.clone())), Some(Code(30)));
        assert_eq!(of(&session(2, Value::Null, role.clone())), Some(Code(31)));
        assert_eq!(of(&session(2, Value::Null, json!([]))), None);
        assert_eq!(of(&session(3, Value::Null, role)), None);
    }

    #[test]
    fn only_applications_and_regions_have_users() {
        assert_eq!(ActorKind::of("catalog/ext/x/actor/app"), Some(ActorKind::App));
        assert_eq!(ActorKind::of("catalog/ext/x/actor/region-root"), Some(ActorKind::Region));
        assert_eq!(ActorKind::of("catalog/ext/x/actor/pxr-root"), None);
    }
}
