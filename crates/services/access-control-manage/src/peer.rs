//! What the other end of a connection may ask for (spec: access-control-manage 6.2 #2, #3, architecture 7.5).

use platform::Origin;
use vocabulary::Code;

use crate::{bootstrap, element::Element, refusal::Refusal};

/// A peer speaks for its own block only; before its certification it reaches little.
pub(crate) fn check<'e>(
    origin: &Origin,
    root: Code,
    elements: impl IntoIterator<Item = &'e Element>,
) -> Result<(), Refusal> {
    let peer = match origin {
        Origin::Inside => return Ok(()),
        Origin::Peer(peer) => peer,
        Origin::Public => return Err(Refusal::OtherPeer),
    };
    for element in elements {
        if element.caller_block != Some(peer.block.0) {
            return Err(Refusal::OtherPeer);
        }
        let own = element.target_block == element.caller_block;
        let admitted = (own || element.target_block == Some(root.0))
            && bootstrap::admits(own, &element.target_method, &element.target_url);
        if peer.bootstrap && !admitted {
            return Err(Refusal::Bootstrap);
        }
    }
    Ok(())
}
