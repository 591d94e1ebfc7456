//! What the other end of a connection may ask for (spec: access-control-manage 6.2 #2, #3, architecture 7.5).

use contract::reference_batch::asks_as_root;
use http::Method;
use platform::Origin;
use vocabulary::{Code, Session};

use crate::{bootstrap, element::Element, refusal::Refusal};

/// A peer speaks for its own block only; before its certification it reaches little. It plans calls for the operator
/// who is judged, and for nobody else: the root's own access control writes him into the plan itself. A peer that signs
/// nothing says who its own operators are; of others it is believed enough to read the catalog, and to look for closed
/// books.
pub(crate) fn check<'e>(
    origin: &Origin,
    session: &Session,
    root: Code,
    elements: impl IntoIterator<Item = &'e Element>,
) -> Result<(), Refusal> {
    if origin.is_inside() {
        return Ok(());
    }
    let is_bootstrap = origin.peer().is_some_and(|peer| peer.bootstrap);
    for element in elements {
        if !is_planned_for(session, element) {
            return Err(Refusal::OtherOperator);
        }
        let in_own_name = element.caller_block.is_some_and(|block| origin.speaks_for(Code(block)));
        let path = element.target_url.split(['/', '?']).find(|part| !part.is_empty());
        let reads_catalog = element.target_method == Method::GET && path == Some("catalog");
        let deletes_books = asks_as_root(origin, session, root, &element.target_method, &element.target_url)
            && element.target_block == Some(root.0);
        if !in_own_name || !(reads_catalog || deletes_books || origin.vouches_for(session, root)) {
            return Err(Refusal::OtherPeer);
        }
        let own = element.target_block == element.caller_block;
        let admitted = (own || element.target_block == Some(root.0))
            && bootstrap::admits(own, &element.target_method, &element.target_url);
        if is_bootstrap && !admitted {
            return Err(Refusal::Bootstrap);
        }
    }
    Ok(())
}

fn is_planned_for(session: &Session, element: &Element) -> bool {
    let login_id = element.login_id.as_ref();
    element.operator_type == session.operator_type
        && login_id.is_none_or(|login_id| *login_id == session.login_id)
}
