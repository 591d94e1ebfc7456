//! Which calls are permitted that no office judges (spec: trust-layer 9 #3, architecture 7.12): those that stand in the
//! delivered permission tables, as the proxies of all blocks have them, and those that services make of themselves.
//! Everything else is refused.

mod originated;

use std::{collections::HashMap, sync::LazyLock};

use contract::permission_table::{PermissionRow, Permissions, TargetKey};
use http::Method;
use vocabulary::{ActorType, BlockKind, OperatorType};

use crate::issue::block_kind;

/// A call as the lists see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    /// The calling block and the called one, with their kinds.
    pub(crate) from: (i64, ActorType),
    pub(crate) to: (i64, ActorType),
    /// The path of the calling service, or whatever a client says instead.
    pub(crate) sender: &'a str,
    pub(crate) method: &'a Method,
    pub(crate) url: &'a str,
    pub(crate) kind: OperatorType,
}

/// The delivered tables, read once.
static TABLES: LazyLock<HashMap<BlockKind, Permissions>> = LazyLock::new(|| {
    let table = |kind| match Permissions::delivered(kind) {
        Ok(table) => table,
        Err(error) => {
            tracing::error!(%error, "the delivered permissions cannot be read");
            Permissions::configured(Vec::new())
        }
    };
    let kinds = [BlockKind::Root, BlockKind::RegionRoot, BlockKind::App];
    kinds.into_iter().map(|kind| (kind, table(kind))).collect()
});

/// All lists.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    more: Permissions,
}

impl Listed {
    pub(crate) const fn new(more: Vec<PermissionRow>) -> Self {
        Self { more: Permissions::configured(more) }
    }

    pub(crate) fn permit(&self, call: &Call<'_>) -> bool {
        let to = if call.from.0 == call.to.0 { TargetKey::Own } else { TargetKey::Of(call.to.1) };
        let in_table = |table: &Permissions| table.allow(to, call.method, call.kind, call.url);
        TABLES.get(&block_kind(call.from.1)).is_some_and(in_table)
            || in_table(&self.more)
            || originated::permit(call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: (i64, ActorType) = (1, ActorType::PxrRoot);
    const REGION: (i64, ActorType) = (2, ActorType::RegionRoot);
    const APP: (i64, ActorType) = (3, ActorType::App);
    const OTHER_APP: (i64, ActorType) = (4, ActorType::App);

    #[test]
    fn what_stands_in_no_list_is_refused() {
        use OperatorType::{Application, Individual, Member};
        let listed = Listed::new(Vec::new());
        for (from, to, sender, method, url, kind, permitted) in [
            // what operators ask for
            (APP, ROOT, "/pxr-block-proxy", "GET", "/catalog/1", Application, true),
            (APP, APP, "/pxr-block-proxy", "GET", "/notification?a=1", Member, true),
            (ROOT, ROOT, "/pxr-block-proxy", "GET", "/book-manage", Individual, true),
            (ROOT, ROOT, "/pxr-block-proxy", "GET", "/book-manage", Member, false),
            (APP, ROOT, "/pxr-block-proxy", "POST", "/book-manage/search", Member, false),
            (APP, OTHER_APP, "/pxr-block-proxy", "GET", "/operator?type=3", Member, false),
            (APP, ROOT, "/", "GET", "/catalog/1", Application, true),
            // what services ask for
            (APP, ROOT, "/book-operate", "POST", "/book-manage/search", Application, true),
            (APP, ROOT, "/book-operate/share", "POST", "/book-manage/search/user", Application, true),
            (APP, OTHER_APP, "/book-operate", "POST", "/book-manage/search", Application, false),
            (REGION, ROOT, "/local-ctoken", "POST", "/ctoken-ledger/local", Member, true),
            (APP, OTHER_APP, "/notification", "POST", "/notification/transfer", Member, true),
            (APP, ROOT, "/notification", "POST", "/ctoken-ledger/local", Member, false),
            (ROOT, APP, "/book-manage", "POST", "/book-operate/store-event/receive", Application, true),
            (APP, OTHER_APP, "/book-manage", "POST", "/book-operate/store-event/receive", Application, false),
            (ROOT, APP, "/catalog-update/actor/approval", "DELETE", "/certificate-manage/1/2", Member, true),
            (APP, ROOT, "/certificate-manage", "GET", "/certification-authority/revoked", Member, true),
            (
                APP,
                ROOT,
                "/certificate-manage",
                "DELETE",
                "/certification-authority/client/1/2",
                Member,
                false,
            ),
            (APP, ROOT, "/whatever", "POST", "/certification-authority/client", Member, false),
            (ROOT, ROOT, "/pxr-block-proxy", "GET", "/catalog/1000402", Individual, true),
        ] {
            let method: Method = method.parse().unwrap();
            let call = Call { from, to, sender, method: &method, url, kind };
            assert_eq!(listed.permit(&call), permitted, "{call:?}");
        }
    }

    #[test]
    fn an_installation_permits_more() {
        let path = contract::path_pattern::PathPattern::new("/operator/{n}").unwrap();
        let (to, method, types) =
            (TargetKey::Of(ActorType::App), "GET".to_owned(), vec![OperatorType::Member]);
        let listed = Listed::new(vec![PermissionRow { to, method, path, types }]);
        let call = Call {
            from: APP,
            to: OTHER_APP,
            sender: "/pxr-block-proxy",
            method: &Method::GET,
            url: "/operator/5",
            kind: OperatorType::Member,
        };
        assert!(listed.permit(&call));
        assert!(!listed.permit(&Call { kind: OperatorType::Application, ..call }));
    }
}
