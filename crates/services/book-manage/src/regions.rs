//! Regions as the catalog describes them, read once for each request.

use std::collections::HashMap;

use contract::catalog::Item;
use platform::ApiError;
use vocabulary::{Code, CodeVersion, Session};

use crate::{
    Books,
    neighbours::{of_catalog, of_item},
    refusal::Refusal,
};

/// What was read of the catalog for one request.
#[derive(Debug)]
pub(crate) struct Regions<'a> {
    service: &'a Books,
    session: &'a Session,
    ext_name: String,
    actors: HashMap<Code, CodeVersion>,
    regions: HashMap<Code, Vec<Item>>,
}

impl<'a> Regions<'a> {
    pub(crate) async fn new(service: &'a Books, session: &'a Session) -> Result<Self, ApiError> {
        let ext_name = service.catalog.ext_name(session).await.map_err(of_catalog)?;
        Ok(Self { service, session, ext_name, actors: HashMap::new(), regions: HashMap::new() })
    }

    /// The installation's name.
    pub(crate) fn ext_name(&self) -> &str {
        &self.ext_name
    }

    /// The actor that an item of terms belongs to: `…/actor_{code}`.
    pub(crate) fn actor_of(terms: &Item) -> Result<Code, Refusal> {
        let code = terms.head.ns.rsplit_once('_').and_then(|(_, code)| code.parse().ok());
        code.map(Code).ok_or(Refusal::NotAnActor)
    }

    /// The regions of a region operator; none where it has no namespace for them.
    pub(crate) async fn of(&mut self, actor: Code) -> Result<&[Item], ApiError> {
        if !self.regions.contains_key(&actor) {
            let ns = format!("catalog/ext/{}/actor/region-root/actor_{actor}/region", self.ext_name);
            let regions = self.service.catalog.in_namespace(self.session, &ns).await.map_err(of_item)?;
            self.regions.insert(actor, regions);
        }
        Ok(self.regions.get(&actor).map_or(&[], Vec::as_slice))
    }

    /// An actor in its newest version.
    pub(crate) async fn actor(&mut self, code: Code) -> Result<CodeVersion, ApiError> {
        if let Some(actor) = self.actors.get(&code) {
            return Ok(*actor);
        }
        let item = self.service.actor_item(self.session, code).await?;
        self.actors.insert(code, item.head.code);
        Ok(item.head.code)
    }
}

impl Books {
    /// The item of an actor in its newest version; anything else is refused.
    pub(crate) async fn actor_item(&self, session: &Session, code: Code) -> Result<Item, ApiError> {
        let item = self.catalog.item(session, code).await.map_err(of_item)?;
        let segments: Vec<_> = item.head.ns.split('/').collect();
        match segments[..] {
            ["catalog", "ext", _, "actor", _, ..] => Ok(item),
            _ => Err(Refusal::NotAnActor.into()),
        }
    }
}
