//! Links between a resident and whoever serves him (spec: book-manage 2.3, 4.6).

use platform::{
    Fields,
    fields::{Complaint, any_text, nested, strict_number},
};
use sea_orm::{ColumnTrait, Condition};
use serde::Serialize;
use serde_json::Value;
use vocabulary::{Code, CodeVersion, OperatorType, Session, Version};

use crate::{Books, refusal::Refusal, store::user_id_cooperate, who::pxr_id};

/// How far a link is, as `user_id_cooperate.status` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkStatus {
    Requested = 0,
    Linked = 1,
    ReleaseRequested = 2,
    /// Its terms lapsed.
    Unavailable = 3,
}

impl LinkStatus {
    pub(crate) const fn number(self) -> i16 {
        self as i16
    }

    /// Whether an end of the link may be asked for. Asking twice is like asking once.
    pub(crate) fn may_be_released(status: i16) -> bool {
        [Self::Linked, Self::ReleaseRequested, Self::Unavailable].iter().any(|one| one.number() == status)
    }
}

/// Whom a resident is linked with: a region or an application of an actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Partner {
    pub(crate) actor: CodeVersion,
    pub(crate) service: Service,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Region(CodeVersion),
    Application(CodeVersion),
}

impl Partner {
    /// Exactly one of region and application.
    pub(crate) fn new(
        actor: CodeVersion,
        region: Option<CodeVersion>,
        app: Option<CodeVersion>,
    ) -> Result<Self, Refusal> {
        let service = match (region, app) {
            (Some(region), None) => Service::Region(region),
            (None, Some(app)) => Service::Application(app),
            _ => return Err(Refusal::Partner),
        };
        Ok(Self { actor, service })
    }

    pub(crate) const fn region(self) -> Option<CodeVersion> {
        match self.service {
            Service::Region(region) => Some(region),
            Service::Application(_) => None,
        }
    }

    pub(crate) const fn app(self) -> Option<CodeVersion> {
        match self.service {
            Service::Application(app) => Some(app),
            Service::Region(_) => None,
        }
    }

    /// The rows of this partner, whatever their versions.
    pub(crate) fn condition(self) -> Condition {
        use user_id_cooperate::Column;
        let code = |column: Column, code: Option<CodeVersion>| match code {
            Some(code) => column.eq(code.value.0),
            None => column.is_null(),
        };
        Condition::all()
            .add(Column::ActorCatalogCode.eq(self.actor.value.0))
            .add(code(Column::RegionCatalogCode, self.region()))
            .add(code(Column::AppCatalogCode, self.app()))
            .add(Column::WfCatalogCode.is_null())
    }

    /// The rows in which a user id of this partner may stand; a region shares them with everything of its actor.
    pub(crate) fn user_condition(self, user_id: &str) -> Condition {
        use user_id_cooperate::Column;
        let condition = Condition::all()
            .add(Column::ActorCatalogCode.eq(self.actor.value.0))
            .add(Column::UserId.eq(user_id))
            .add(Column::WfCatalogCode.is_null());
        match self.app() {
            Some(app) => condition.add(Column::AppCatalogCode.eq(app.value.0)),
            None => condition,
        }
    }
}

/// What is asked about a link.
#[derive(Debug)]
pub(crate) struct LinkRequest {
    pub(crate) pxr_id: Option<String>,
    pub(crate) user_id: Option<String>,
    actor: CodeVersion,
    region: Option<CodeVersion>,
    app: Option<CodeVersion>,
    has_workflow: bool,
}

impl LinkRequest {
    /// `code`: the rule for codes.
    pub(crate) fn read(
        fields: &Fields<'_>,
        code: impl Fn(&Value) -> Result<CodeVersion, Complaint> + Copy,
    ) -> Option<Self> {
        let pxr_id = fields.optional("pxrId", id).filter(|id| !id.is_empty());
        let user_id = fields.optional("userId", id).filter(|id| !id.is_empty());
        let actor = fields.required("actor", code);
        let region = fields.optional("region", code);
        let app = fields.optional("app", code);
        let workflow = fields.optional("wf", code);
        Some(Self { pxr_id, user_id, actor: actor?, region, app, has_workflow: workflow.is_some() })
    }

    pub(crate) fn partner(&self) -> Result<Partner, Refusal> {
        if self.has_workflow {
            return Err(Refusal::Workflow);
        }
        Partner::new(self.actor, self.region, self.app)
    }
}

/// A text that fits into its column, possibly empty.
fn id(value: &Value) -> Result<String, Complaint> {
    let text = any_text(value)?;
    if text.chars().count() > 255 {
        Err("255文字以内で指定してください".into())
    } else {
        Ok(text)
    }
}

/// A code whose parts are numbers, not texts of digits.
pub(crate) fn strict_code(value: &Value) -> Result<CodeVersion, Complaint> {
    nested(value, |fields| {
        let value = fields.required("_value", strict_number);
        let ver = fields.required("_ver", strict_number);
        fields.inside(|| Some(CodeVersion { value: Code(value?), ver: Version(ver?) }))
    })
}

/// A link as those who change it are told of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Linked {
    pub(crate) pxr_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_id: Option<String>,
    pub(crate) actor: CodeVersion,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<CodeVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app: Option<CodeVersion>,
    pub(crate) status: i16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) start_at: Option<String>,
}

impl Books {
    pub(crate) fn linked(&self, pxr_id: String, row: user_id_cooperate::Model) -> Linked {
        Linked {
            pxr_id,
            actor: row.actor(),
            region: row.region(),
            app: row.app(),
            status: row.status,
            start_at: self.time(row.start_at),
            user_id: row.user_id,
        }
    }

    /// A resident links himself; members and applications link for their own actor, those of the root for any.
    pub(crate) fn may_link_for(&self, session: &Session, actor: Code) -> Result<(), Refusal> {
        let is_own = session.actor.is_some_and(|own| own.value == actor);
        if session.operator_type == OperatorType::Individual || is_own || self.of_root(session).is_ok() {
            Ok(())
        } else {
            Err(Refusal::NotPermitted)
        }
    }
}

/// A resident acts in his own book only.
pub(crate) fn may_act_in(session: &Session, book_of: &str) -> Result<(), Refusal> {
    if session.operator_type != OperatorType::Individual || pxr_id(session) == Some(book_of) {
        Ok(())
    } else {
        Err(Refusal::NotPermitted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partner_is_a_region_or_an_application() {
        let code = CodeVersion::new(1, 1);
        assert_eq!(Partner::new(code, None, None), Err(Refusal::Partner));
        assert_eq!(Partner::new(code, Some(code), Some(code)), Err(Refusal::Partner));
        assert_eq!(Partner::new(code, None, Some(code)).unwrap().app(), Some(code));
        assert_eq!(Partner::new(code, Some(code), None).unwrap().app(), None);
    }

    #[test]
    fn only_a_link_that_stands_can_be_released() {
        let releasable: Vec<_> = (0..5).filter(|status| LinkStatus::may_be_released(*status)).collect();
        assert_eq!(releasable, [1, 2, 3]);
    }
}
