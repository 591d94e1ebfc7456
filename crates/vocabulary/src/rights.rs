//! Rights of managing members: the `auth` object of a session.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An area of rights (spec: operator 2.3): the first level of the `auth` object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RightsArea {
    Member,
    Book,
    InfoAccount,
    Actor,
    AppWfUser,
    Catalog,
    Join,
    Alliance,
    Workflow,
    Setting,
}

impl RightsArea {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Book => "book",
            Self::InfoAccount => "info-account",
            Self::Actor => "actor",
            Self::AppWfUser => "app-wf-user",
            Self::Catalog => "catalog",
            Self::Join => "join",
            Self::Alliance => "alliance",
            Self::Workflow => "workflow",
            Self::Setting => "setting",
        }
    }
}

/// What a member may do: `{"member": {"add": true, …}, …}`. Unknown areas and actions are carried along.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rights(pub Map<String, Value>);

impl Rights {
    /// Strict as the spec demands: only the JSON value `true` grants.
    #[must_use]
    pub fn allow(&self, area: RightsArea, action: &str) -> bool {
        self.0.get(area.as_str()).and_then(|actions| actions.get(action)) == Some(&Value::Bool(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_true_boolean_grants() {
        let rights: Rights =
            serde_json::from_str(r#"{"member":{"add":true,"update":"true","delete":1},"book":null}"#)
                .unwrap();
        assert!(rights.allow(RightsArea::Member, "add"));
        assert!(!rights.allow(RightsArea::Member, "update"));
        assert!(!rights.allow(RightsArea::Member, "delete"));
        assert!(!rights.allow(RightsArea::Book, "create"));
        assert!(!rights.allow(RightsArea::Actor, "approval"));
    }
}
