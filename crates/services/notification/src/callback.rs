//! Where a decision may be posted: it goes there in the name of whoever decides (spec: notification, defect 2).

use vocabulary::Code;

use crate::{Notifications, refusal::Refusal};

impl Notifications {
    /// Whether a request for a decision may name this path.
    pub(crate) fn may_call_back(&self, path: &str) -> Result<(), Refusal> {
        if is_permitted(path, &self.settings.callback_paths) { Ok(()) } else { Err(Refusal::CallbackPath) }
    }

    /// Decisions are heard by the block of whoever asks for them, or by the root, which asks for everybody.
    pub(crate) fn may_hear(&self, block: Code, asks: Option<Code>) -> Result<(), Refusal> {
        let permitted = asks == Some(block) || block == self.ground.block.root.code;
        if permitted { Ok(()) } else { Err(Refusal::CallbackBlock) }
    }
}

/// `/` alone is nobody's route: who gives it wants to hear nothing.
fn is_permitted(target: &str, permitted: &[String]) -> bool {
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    // What is encoded in a path might lead out of it again.
    let is_plain = !path.contains('%') && !path.contains("//");
    path == "/" || is_plain && permitted.iter().any(|prefix| path.starts_with(prefix.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_go_to_permitted_paths_only() {
        let permitted = ["/catalog-update/".to_owned()];
        for good in
            ["/catalog-update/join/approval/abcd1234?x=%2F", "/catalog-update/actor/approval?code=a", "/"]
        {
            assert!(is_permitted(good, &permitted), "{good}");
        }
        let bad = [
            "",
            "catalog-update/actor/approval",
            "/operator/",
            "/catalog-update",
            "//catalog-update/x",
            "/catalog-update//x",
            "/catalog-update/%2e%2e/operator",
            "/book-manage/?/catalog-update/",
        ];
        for bad in bad {
            assert!(!is_permitted(bad, &permitted), "{bad}");
        }
        assert!(!is_permitted("/catalog-update/x", &[]));
    }
}
