//! Items of the catalog as this service reads and changes them (spec: catalog-update 4.0.6, 4.0.7).

mod namespace;

use contract::{CallFailure, catalog::Item, document::Document};
use http::StatusCode;
use platform::ApiError;
use vocabulary::{ActorType, Code, CodeVersion, Session, Version};

use crate::{CatalogUpdate, refusal::Refusal};

pub(crate) use contract::document::reference;
pub(crate) use namespace::Place;

/// An item below some `…/actor/…`: an actor, or what belongs to one.
#[derive(Clone, Debug)]
pub(crate) struct ActorItem {
    pub(crate) item: Item,
    pub(crate) place: Place,
}

impl ActorItem {
    /// The block where its operators are.
    pub(crate) fn main_block(&self) -> Option<CodeVersion> {
        self.item.code("main-block")
    }

    pub(crate) const fn code(&self) -> CodeVersion {
        self.item.head.code
    }
}

impl CatalogUpdate {
    /// The newest version of an item.
    pub(crate) async fn item(&self, session: &Session, code: Code) -> Result<Item, Refusal> {
        self.catalog.item(session, code).await.map_err(|failure| missing(code, &failure))
    }

    pub(crate) async fn item_at(
        &self,
        session: &Session,
        code: Code,
        version: Version,
    ) -> Result<Item, Refusal> {
        self.catalog.item_at(session, code, version).await.map_err(|failure| missing(code, &failure))
    }

    /// Items directly in a namespace; nothing there is no mistake.
    pub(crate) async fn items_in(&self, session: &Session, ns: &str) -> Result<Vec<Item>, Refusal> {
        let found = self.catalog.in_namespace(session, ns).await;
        found.or_else(|failure| match failure.status() {
            Some(StatusCode::NOT_FOUND) => Ok(Vec::new()),
            Some(StatusCode::NO_CONTENT | StatusCode::BAD_REQUEST) => Err(Refusal::Namespace(ns.to_owned())),
            _ => Err(unreadable(&failure)),
        })
    }

    /// Items directly in several namespaces, of which some may be empty.
    pub(crate) async fn items_in_any(
        &self,
        session: &Session,
        namespaces: &[String],
    ) -> Result<Vec<Item>, Refusal> {
        if let [] | [_] = namespaces {
            return match namespaces.first() {
                Some(ns) => self.items_in(session, ns).await,
                None => Ok(Vec::new()),
            };
        }
        let found = match self.catalog.codes_in(session, namespaces).await {
            Err(failure) if failure.status() == Some(StatusCode::NOT_FOUND) => Vec::new(),
            found => found.map_err(|failure| unreadable(&failure))?,
        };
        self.items(session, &found).await
    }

    /// Those of several items that are there.
    pub(crate) async fn items(&self, session: &Session, codes: &[Code]) -> Result<Vec<Item>, Refusal> {
        let found = match codes {
            [] => return Ok(Vec::new()),
            [code] => self.catalog.item(session, *code).await.map(|item| vec![item]),
            codes => self.catalog.items(session, codes).await,
        };
        found.or_else(|failure| match failure.status() {
            Some(StatusCode::NOT_FOUND | StatusCode::NO_CONTENT | StatusCode::BAD_REQUEST) => Ok(Vec::new()),
            _ => Err(unreadable(&failure)),
        })
    }

    pub(crate) async fn actor_item(&self, session: &Session, code: Code) -> Result<ActorItem, Refusal> {
        let item = self.item(session, code).await?;
        let place = Place::of(&item.head.ns).ok_or(Refusal::NotAnActor(code))?;
        Ok(ActorItem { item, place })
    }

    /// Regions and their terms are the matter of actors that run regions.
    pub(crate) async fn check_region_root(&self, session: &Session, actor: Code) -> Result<(), Refusal> {
        match self.actor_item(session, actor).await?.place.actors() {
            Some(ActorType::RegionRoot) => Ok(()),
            _ => Err(Refusal::WrongActor),
        }
    }

    /// The block where an actor's operators are.
    pub(crate) async fn main_block(&self, session: &Session, actor: Code) -> Result<Code, Refusal> {
        let actor_item = self.actor_item(session, actor).await?;
        actor_item.main_block().map(|block| block.value).ok_or(Refusal::NotAnActor(actor))
    }

    /// The document that changes an item.
    pub(crate) async fn document(&self, session: &Session, item: &Item) -> Result<Document, Refusal> {
        self.catalog.document(session, item).await.map_err(|failure| unreadable(&failure))
    }

    pub(crate) async fn change(&self, session: &Session, document: &Document) -> Result<(), Refusal> {
        let changed = self.catalog.change_item(session, document.code, &document.to_value()).await;
        changed.map_err(|failure| unwritable(&failure))
    }
}

fn missing(code: Code, failure: &CallFailure) -> Refusal {
    match failure.status() {
        Some(StatusCode::NO_CONTENT | StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND) => {
            Refusal::NoSuchItem(code)
        }
        _ => unreadable(failure),
    }
}

pub(crate) fn unreadable(failure: &CallFailure) -> Refusal {
    tracing::warn!(%failure, "the catalog cannot be read");
    Refusal::Catalog
}

/// What the catalog refuses in words is the caller's to mend, so it is handed on as it was said; anything else is a
/// failure.
pub(crate) fn unwritable(failure: &CallFailure) -> Refusal {
    if let (Some(status), Some(message)) = (failure.status(), failure.message())
        && status.is_client_error()
    {
        let status = if status == StatusCode::NOT_FOUND { StatusCode::BAD_REQUEST } else { status };
        return Refusal::RefusedByCatalog(status, message.to_owned());
    }
    if failure.status() == Some(StatusCode::BAD_REQUEST) && !failure.reasons().is_empty() {
        return Refusal::FieldsRefusedByCatalog(failure.reasons().to_vec());
    }
    tracing::warn!(%failure, "the catalog cannot be written");
    Refusal::CatalogWrite
}

/// The actor that an operator acts for.
pub(crate) fn actor_of(session: &Session) -> Result<CodeVersion, ApiError> {
    session.actor.ok_or_else(|| Refusal::NoActor.into())
}

/// The block that an operator belongs to.
pub(crate) fn block_of(service: &CatalogUpdate, session: &Session) -> CodeVersion {
    session.block.unwrap_or(service.ground.block.code)
}
