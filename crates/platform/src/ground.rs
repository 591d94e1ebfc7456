//! Everything a service receives from the block it runs in.

use std::{ops::Deref, sync::Arc};

use vocabulary::{BlockKind, Code, CodeVersion, TimeZone};

use crate::{Channel, Clock, Metrics, Peers, Seal, Store};

/// Who this block is.
#[derive(Clone, Debug)]
pub struct Block {
    pub kind: BlockKind,
    pub code: CodeVersion,
    /// The certified actor that runs the block; none before its certification.
    pub actor: Option<CodeVersion>,
    /// The block's own name in the catalog.
    pub service_name: String,
    /// The installation's name in `catalog/ext/{ext_name}/…`.
    pub ext_name: String,
    pub root: RootBlock,
}

/// The block that carries catalog, consents and trust.
#[derive(Clone, Debug)]
pub struct RootBlock {
    pub code: Code,
    pub service_name: String,
}

impl Block {
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.kind == BlockKind::Root
    }
}

/// What a service stands on. Every request has its own handle on it, hence one that costs nothing.
#[derive(Clone, Debug)]
pub struct Ground(Arc<Footing>);

/// What a ground consists of.
#[derive(Clone, Debug)]
pub struct Footing {
    pub block: Arc<Block>,
    pub channel: Channel,
    /// The ways to other blocks. Only the trust path (proxy, access control) uses them itself.
    pub peers: Peers,
    pub clock: Clock,
    pub store: Store,
    /// What the block counts about itself.
    pub metrics: Metrics,
    /// Encrypts what must not lie in the database in clear text.
    pub seal: Seal,
    /// The zone in which the API writes times.
    pub zone: TimeZone,
    /// Whether answers of neighbours may be kept for a while.
    pub caching: bool,
}

impl From<Footing> for Ground {
    fn from(footing: Footing) -> Self {
        Self(Arc::new(footing))
    }
}

impl Deref for Ground {
    type Target = Footing;

    fn deref(&self) -> &Footing {
        &self.0
    }
}

/// What a call to a neighbour needs: who this block is, and the ways to its services. What runs beside the services
/// and has no tables of its own stands on this alone.
#[derive(Clone, Debug)]
pub struct Neighbourhood {
    pub block: Arc<Block>,
    pub channel: Channel,
}

impl From<&Ground> for Neighbourhood {
    fn from(ground: &Ground) -> Self {
        Self { block: Arc::clone(&ground.block), channel: ground.channel.clone() }
    }
}

impl From<Ground> for Neighbourhood {
    fn from(ground: Ground) -> Self {
        Self::from(&ground)
    }
}

impl From<&Neighbourhood> for Neighbourhood {
    fn from(neighbourhood: &Neighbourhood) -> Self {
        neighbourhood.clone()
    }
}

impl Ground {
    /// The same but for what is changed; who holds this one keeps it as it is.
    #[must_use]
    pub fn with(self, change: impl FnOnce(&mut Footing)) -> Self {
        let mut footing = Arc::unwrap_or_clone(self.0);
        change(&mut footing);
        footing.into()
    }

    /// Now, in the form of the API.
    #[must_use]
    pub fn now_text(&self) -> String {
        self.zone.text(self.clock.now())
    }
}
