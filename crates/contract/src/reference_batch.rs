//! What blocks of the reference ask in the root's name: their batch that deletes closed books comes with a session of
//! the root's operator (spec: batches 2 and 3.7), where ours asks as its own block.

use std::sync::LazyLock;

use http::Method;
use platform::Origin;
use vocabulary::{Code, OperatorType, Session};

use crate::path_pattern::{PathPattern, PathPatternError};

/// The operator that all batches call themselves.
const BATCH: i64 = 999_999_999_999;

type Row = (Method, PathPattern);

/// The two calls of that batch which the reference makes with its `rootSession`.
static CALLS: LazyLock<Result<[Row; 2], PathPatternError>> = LazyLock::new(|| {
    Ok([
        (Method::GET, PathPattern::new("/book-manage/delete/target[?]{+}")?),
        (Method::POST, PathPattern::new("/book-manage/search")?),
    ])
});

/// Whether a block that is marked as one of the reference may make this call in the root's name. The session is the
/// batch's and has no rights, so it is worth nothing wherever a right decides.
#[must_use]
pub fn asks_as_root(origin: &Origin, session: &Session, root: Code, method: &Method, target: &str) -> bool {
    let is_batch = session.operator_type == OperatorType::Member
        && session.operator_id == BATCH
        && session.auth.is_none()
        && session.block.is_some_and(|block| block.value == root);
    let is_listed = || {
        let calls = CALLS.as_ref().map_or(&[][..], |calls| calls.as_slice());
        calls.iter().any(|(listed, pattern)| listed == method && pattern.matches(target))
    };
    matches!(origin, Origin::Unsigned(_)) && is_batch && is_listed()
}

#[cfg(test)]
mod tests {
    use platform::Peer;
    use serde_json::{Value, json};

    use super::*;

    const ROOT: Code = Code(1);

    fn batch() -> Value {
        json!({
            "sessionId": "0", "operatorId": BATCH, "type": 3, "loginId": "root_batch",
            "block": {"_value": 1, "_ver": 1}, "actor": {"_value": 2, "_ver": 1},
        })
    }

    fn asks(origin: &Origin, session: Value, method: &Method, target: &str) -> bool {
        asks_as_root(origin, &Session::from_json(session).unwrap(), ROOT, method, target)
    }

    #[test]
    fn only_the_two_calls_of_the_batch_go_in_the_roots_name() {
        let reference = Origin::Unsigned([Code(5)].into());
        for (method, target, asked) in [
            (Method::GET, "/book-manage/delete/target?offset=0&limit=10", true),
            (Method::POST, "/book-manage/search", true),
            (Method::GET, "/book-manage/search", false),
            (Method::POST, "/book-manage/search/user", false),
            (Method::POST, "/book-manage/delete/target", false),
            (Method::GET, "/book-manage/delete/target/x", false),
            (Method::DELETE, "/book-manage/force/p1", false),
            (Method::POST, "/identity-verificate/code/verified", false),
        ] {
            assert_eq!(asks(&reference, batch(), &method, target), asked, "{method} {target}");
        }
    }

    #[test]
    fn only_the_batch_without_rights_of_a_block_that_is_marked_asks_so() {
        let get =
            |origin: &Origin, session| asks(origin, session, &Method::GET, "/book-manage/delete/target");
        let reference = Origin::Unsigned([Code(5)].into());
        assert!(get(&reference, batch()));
        for (key, value) in [
            ("operatorId", json!(1)),
            ("type", json!(2)),
            ("auth", json!({"book": {"create": true}})),
            ("block", json!({"_value": 7, "_ver": 1})),
        ] {
            let mut other = batch();
            other[key] = value;
            assert!(!get(&reference, other), "{key}");
        }
        let peer = Peer { block: Code(5), actor: None, bootstrap: false, serial: "AA".to_owned() };
        for origin in [Origin::Peer(peer), Origin::Public, Origin::Inside] {
            assert!(!get(&origin, batch()), "{origin:?}");
        }
    }
}
