//! What a block permits itself (spec: trust-layer 9 #12): calls that stay inside it and about which the root would judge
//! nothing.

use std::sync::LazyLock;

use contract::{
    access_control_manage::{Office, rests_on_consent},
    permission_table::{Permissions, TargetKey},
};
use http::Method;
use vocabulary::{BlockKind, OperatorType};

/// A call as this block sees it. `way`: the blocks it comes from and goes to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inside<'a> {
    pub(crate) office: Office,
    pub(crate) operator: OperatorType,
    pub(crate) own: i64,
    pub(crate) way: (i64, i64),
    pub(crate) method: &'a Method,
    pub(crate) url: &'a str,
}

impl Inside<'_> {
    /// Whether the block may issue the token itself while the root cannot be reached. Residents are left out, whose
    /// book the root asks for.
    pub(crate) fn goes_on_without_root(&self) -> bool {
        self.office == Office::Block
            && self.operator != OperatorType::Individual
            && self.way == (self.own, self.own)
    }

    /// Whether the root need not even be asked: it would look the call up in the table that the block has, too. Where a
    /// consent decides, and for what services call of themselves, it is asked.
    pub(crate) fn needs_no_judgement(&self, kind: BlockKind) -> bool {
        let in_table = || {
            let table = match kind {
                BlockKind::Root => return false,
                BlockKind::RegionRoot => &*REGION,
                BlockKind::App => &*APP,
            };
            table.allow(TargetKey::Own, self.method, self.operator, self.url)
        };
        self.goes_on_without_root() && !rests_on_consent(self.method, self.url) && in_table()
    }
}

static REGION: LazyLock<Permissions> = LazyLock::new(|| delivered(BlockKind::RegionRoot));
static APP: LazyLock<Permissions> = LazyLock::new(|| delivered(BlockKind::App));

fn delivered(kind: BlockKind) -> Permissions {
    Permissions::delivered(kind).unwrap_or_else(|error| {
        tracing::error!(%error, "the delivered permissions cannot be read: the root is asked about every call");
        Permissions::configured(Vec::new())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const METHOD: &Method = &Method::GET;

    #[test]
    fn only_calls_inside_the_block_that_nobody_judges_go_on_alone() {
        use OperatorType::{Application, Individual, Member};
        for (office, operator, way, goes_on) in [
            (Office::Block, Member, (1, 1), true),
            (Office::Block, Application, (1, 1), true),
            (Office::Block, Individual, (1, 1), false),
            (Office::Block, Member, (1, 2), false),
            (Office::Block, Member, (2, 1), false),
            (Office::Store, Application, (1, 1), false),
            (Office::Operator, Member, (1, 1), false),
            (Office::ShareContinuous, Application, (1, 1), false),
        ] {
            let call = Inside { office, operator, own: 1, way, method: METHOD, url: "/notification?type=1" };
            assert_eq!(call.goes_on_without_root(), goes_on, "{call:?}");
            assert!(goes_on || !call.needs_no_judgement(BlockKind::App), "{call:?}");
        }
    }

    #[test]
    fn the_root_is_not_asked_about_what_stands_in_the_own_table() {
        use OperatorType::{Application, Individual, Member};
        for (kind, operator, method, url, alone) in [
            (BlockKind::App, Member, Method::GET, "/notification?type=1", true),
            (BlockKind::RegionRoot, Member, Method::GET, "/notification?type=1", true),
            (BlockKind::App, Member, Method::GET, "/operator?type=3", true),
            (BlockKind::Root, Member, Method::GET, "/notification?type=1", false),
            (BlockKind::App, Individual, Method::GET, "/notification?type=1", false),
            (BlockKind::App, Member, Method::GET, "/nowhere", false),
            (BlockKind::App, Member, Method::POST, "/local-ctoken", false),
            (BlockKind::App, Application, Method::POST, "/book-operate/share/search", false),
            (BlockKind::App, Application, Method::POST, "/book-operate/event/u1", false),
        ] {
            let call = Inside { office: Office::Block, operator, own: 1, way: (1, 1), method: &method, url };
            assert_eq!(call.needs_no_judgement(kind), alone, "{kind:?} {call:?}");
        }
    }
}
