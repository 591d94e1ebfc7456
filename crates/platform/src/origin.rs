//! Where a request came in: the listener decides how much its words are worth.

use std::sync::Arc;

use http::Extensions;
use vocabulary::{Code, Session};

/// The block at the other end of a verified TLS connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    pub block: Code,
    pub actor: Option<Code>,
    /// The certificate made at assignment, before the actor of the block was certified.
    pub bootstrap: bool,
    /// Upper-case hexadecimal serial number of the client certificate.
    pub serial: String,
}

/// Which listener a request came in through. Set by the listeners only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// People and applications. Also what a request counts as that no listener marked.
    #[default]
    Public,
    /// Another block.
    Peer(Peer),
    /// A block of the reference, which signs no identities: one of these, as the configuration says.
    Unsigned(Arc<[Code]>),
    /// A service of this block.
    Inside,
}

impl Origin {
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().cloned().unwrap_or_default()
    }

    #[must_use]
    pub const fn is_inside(&self) -> bool {
        matches!(self, Self::Inside)
    }

    /// Whether the other end may call itself this block.
    #[must_use]
    pub fn speaks_for(&self, block: Code) -> bool {
        match self {
            Self::Public => false,
            Self::Peer(peer) => peer.block == block,
            Self::Unsigned(blocks) => blocks.contains(&block),
            Self::Inside => true,
        }
    }

    /// Whether the other end's word is enough for who an operator is: a signature was checked already; without one
    /// a block speaks of its own operators, and the root of all.
    #[must_use]
    pub fn vouches_for(&self, session: &Session, root: Code) -> bool {
        match self {
            Self::Public => false,
            Self::Peer(_) | Self::Inside => true,
            Self::Unsigned(blocks) => {
                blocks.contains(&root) || session.block.is_some_and(|block| blocks.contains(&block.value))
            }
        }
    }

    #[must_use]
    pub const fn peer(&self) -> Option<&Peer> {
        match self {
            Self::Peer(peer) => Some(peer),
            _ => None,
        }
    }
}
