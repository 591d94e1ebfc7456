//! Which blocks there are: their service names and kinds, from the catalog (spec: block-proxy 4.1 rule 3).

use std::time::Duration;

use contract::{
    CallFailure,
    catalog::{CatalogClient, Item},
    proxy::{Sender, ToBlock, proxied_path},
};
use http::StatusCode;
use moka::future::Cache;
use platform::{ApiError, Ground, Outgoing};
use vocabulary::{ActorType, Code, Session, Version};

use crate::refusal::Refusal;

/// A block that calls go to or come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) code: Code,
    pub(crate) version: Version,
    pub(crate) service_name: String,
    pub(crate) kind: ActorType,
}

#[derive(Clone, Debug)]
pub(crate) struct Blocks {
    ground: Ground,
    catalog: CatalogClient,
    /// Blocks seldom change: a minute is short enough. None: every call looks them up.
    cache: Option<Cache<Code, Block>>,
}

impl Blocks {
    pub(crate) fn new(ground: &Ground, catalog: CatalogClient) -> Self {
        let cache = || Cache::builder().time_to_live(Duration::from_mins(1)).max_capacity(10_000).build();
        Self { ground: ground.clone(), catalog, cache: ground.caching.then(cache) }
    }

    /// The root is known from the configuration and never looked up.
    pub(crate) async fn find(&self, session: &Session, code: Code) -> Result<Block, ApiError> {
        let root = &self.ground.block.root;
        if code == root.code {
            let service_name = root.service_name.clone();
            return Ok(Block { code, version: Version(0), service_name, kind: ActorType::PxrRoot });
        }
        if let Some(cache) = &self.cache
            && let Some(block) = cache.get(&code).await
        {
            return Ok(block);
        }
        let item = match self.item(session, code).await {
            Ok(item) => item,
            Err(failure) => match failure.status() {
                Some(StatusCode::NO_CONTENT | StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND) => {
                    return Err(Refusal::NoSuchBlock.into());
                }
                // While the root is away, calls inside the block go on.
                _ if code == self.ground.block.code.value => return Ok(self.own()),
                _ => {
                    tracing::warn!(%failure, block = code.0, "a block cannot be looked up");
                    return Err(Refusal::CatalogFailed.into());
                }
            },
        };
        let block = block(&item).ok_or(Refusal::NotABlock)?;
        if let Some(cache) = &self.cache {
            cache.insert(code, block.clone()).await;
        }
        Ok(block)
    }

    /// This block, as its configuration describes it.
    fn own(&self) -> Block {
        let block = &self.ground.block;
        Block {
            code: block.code.value,
            version: block.code.ver,
            service_name: block.service_name.clone(),
            kind: block.kind.actor_type(),
        }
    }

    /// From another block the root's forward face is asked: this very service is what the catalog client would
    /// otherwise go through.
    async fn item(&self, session: &Session, code: Code) -> Result<Item, CallFailure> {
        let block = &self.ground.block;
        if block.is_root() {
            return self.catalog.item(session, code).await;
        }
        let sender = Sender { block: Some(block.code.value), path: Some("/pxr-block-proxy") };
        let path = proxied_path(sender, ToBlock::Root, &format!("/catalog/{code}"));
        let request = Outgoing::get(format!("/pxr-block-proxy{path}")).session(session);
        let root = &block.root;
        CallFailure::read("catalog", &self.ground.peers.send(root.code, &root.service_name, request).await?)
    }
}

/// `catalog/ext/<ext>/block/<rest>`
fn block(item: &Item) -> Option<Block> {
    let path = item.head.ns.strip_prefix("catalog/ext/")?;
    let (_, path) = path.split_once('/')?;
    path.strip_prefix("block/")?;
    let code = vocabulary::CodeVersion::read(item.template.get("_code")?)?;
    Some(Block {
        code: code.value,
        version: code.ver,
        service_name: item.text("service-name")?.to_owned(),
        kind: item.text("actor-type")?.parse().ok()?,
    })
}
