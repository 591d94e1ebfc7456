//! With whom a code is to link a resident, and what the catalog must say about him (spec: identity-verificate 4.1).

use contract::{catalog::Item, linking::Partner};
use platform::{ApiError, Fields, fields::code_version};
use vocabulary::{Code, Session};

use crate::{Verifications, refusal::Refusal};

/// The fields `actor`, `region` and `app` of a body. `wf` is ignored.
pub(crate) fn read(fields: &Fields<'_>) -> impl FnOnce() -> Option<Partner> + use<> {
    let actor = fields.required("actor", code_version);
    let region = fields.optional("region", code_version);
    let app = fields.optional("app", code_version);
    move || Some(Partner::new(actor?, region, app))
}

/// A link is with a region or with an application.
pub(crate) fn only_one(partner: Partner) -> Result<Partner, Refusal> {
    if partner.region.is_some() && partner.app.is_some() { Err(Refusal::BothPartners) } else { Ok(partner) }
}

impl Verifications {
    /// The region must be open, and region or application must belong to the actor.
    pub(crate) async fn check_partner(&self, session: &Session, partner: Partner) -> Result<(), ApiError> {
        let actor = partner.actor.value;
        if let Some(region) = partner.region {
            let item = self.item(session, region.value).await?;
            if item.text("status") != Some("open") {
                return Err(Refusal::RegionNotOpen.into());
            }
            if !belongs(&item.head.ns, "region-root", actor, "region") {
                return Err(Refusal::NotRegionOfActor.into());
            }
        }
        if let Some(app) = partner.app {
            let item = self.item(session, app.value).await?;
            if !belongs(&item.head.ns, "app", actor, "application") {
                return Err(Refusal::NotAppOfActor.into());
            }
        }
        Ok(())
    }

    /// The block whose members hear of a code, where the actor has one.
    pub(crate) async fn main_block(&self, session: &Session, actor: Code) -> Result<Option<Code>, ApiError> {
        let item = self.item(session, actor).await?;
        Ok(item.code("main-block").map(|block| block.value))
    }

    pub(crate) async fn item(&self, session: &Session, code: Code) -> Result<Item, Refusal> {
        self.catalog.item(session, code).await.map_err(Refusal::of_catalog)
    }
}

/// Whether a namespace lies below `catalog/(model|built_in|ext/…)/actor/{kind}/actor_{actor}/{leaf}`.
fn belongs(ns: &str, kind: &str, actor: Code, leaf: &str) -> bool {
    let wanted = format!("/actor/{kind}/actor_{actor}/{leaf}");
    let Some(rest) = ns.strip_prefix("catalog/") else { return false };
    ["model", "built_in"].iter().any(|root| rest.strip_prefix(root).is_some_and(|r| r.starts_with(&wanted)))
        || rest.strip_prefix("ext/").is_some_and(|rest| rest.contains(&wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_belongs_to_the_actor_of_its_namespace() {
        let belongs = |ns| belongs(ns, "app", Code(5), "application");
        assert!(belongs("catalog/ext/test-org/actor/app/actor_5/application"));
        assert!(belongs("catalog/model/actor/app/actor_5/application"));
        assert!(belongs("catalog/built_in/actor/app/actor_5/application/more"));
        assert!(!belongs("catalog/ext/test-org/actor/app/actor_51/application"));
        assert!(!belongs("catalog/ext/test-org/actor/region-root/actor_5/application"));
        assert!(!belongs("catalog/other/actor/app/actor_5/application"));
        assert!(!belongs("ext/test-org/actor/app/actor_5/application"));
    }
}
