//! Where a request came in: the listener decides how much its words are worth.

use http::Extensions;
use vocabulary::Code;

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

    #[must_use]
    pub const fn peer(&self) -> Option<&Peer> {
        match self {
            Self::Peer(peer) => Some(peer),
            _ => None,
        }
    }
}
