//! The written list of calls that services make of themselves, ours and the reference's (specs: trust-layer 7;
//! notification 3, 6, 7; local-ctoken 5; book-manage 4.12 and part B 4.8; book-operate 3, 5; certificate-manage 1, 5;
//! catalog-update 5; batches 1). Reviewed when a service gets a new call to another block.

use std::sync::LazyLock;

use contract::path_pattern::PathPattern;
use vocabulary::ActorType;

use super::Call;

/// From where to where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// From any block to the root, from the root's own services to the root, too.
    ToRoot,
    /// Inside one block.
    Within,
    /// From the root to any block.
    FromRoot,
    /// Between any two blocks.
    Anywhere,
}

/// Sender, way, methods, pattern of the target. `*` is every sender; `/a` includes what begins with `/a/`.
#[rustfmt::skip]
const TABLE: &[(&str, Way, &[&str], &str)] = &[
    // Every service reads the catalog, in whoever's name; the proxy for whoever asks (trust-layer 4, hop 2).
    ("*", Way::ToRoot, &["GET", "POST"], "/catalog"),
    ("*", Way::ToRoot, &["GET"], "/catalog[/]?{+}"),
    ("*", Way::ToRoot, &["GET"], "/catalog/{+}"),

    // Users and their links; terms of use, outputs and endings (the batches call in the same name).
    ("/book-operate", Way::ToRoot, &["GET", "POST", "PUT", "DELETE"], "/book-manage/{+}"),
    ("/book-operate", Way::ToRoot, &["POST"], "/identity-verificate/{+}"),
    ("/book-operate", Way::ToRoot, &["PUT"], "/identity-verificate/verify/{+}"),
    ("/book-operate", Way::ToRoot, &["POST"], "/notification"),
    ("/book-operate", Way::ToRoot, &["POST"], "/ctoken-ledger"),
    ("/book-operate", Way::ToRoot, &["POST"], "/ctoken-ledger/count"),
    ("/book-operate", Way::Within, &["POST"], "/book-operate/share/search"),
    ("/book-operate", Way::Within, &["GET", "POST", "DELETE"], "/book-operate/user{*}"),
    ("/pxr-book-manage", Way::ToRoot, &["GET", "POST", "PUT", "DELETE"], "/book-manage/{+}"),
    ("/pxr-book-manage", Way::ToRoot, &["POST"], "/identity-verificate/{+}"),
    ("/pxr-book-manage", Way::ToRoot, &["PUT"], "/identity-verificate/verify/{+}"),
    ("/pxr-book-manage", Way::ToRoot, &["POST"], "/notification"),
    ("/pxr-book-manage", Way::Within, &["GET", "POST", "DELETE"], "/book-operate/user{*}"),

    // What is stored is told to the root's ledger, and to whom it may concern.
    ("/local-ctoken", Way::ToRoot, &["POST"], "/ctoken-ledger/local"),
    ("/local-ctoken", Way::ToRoot, &["GET", "POST"], "/book-manage/{+}"),
    ("/local-ctoken", Way::Within, &["GET", "POST"], "/local-ctoken/{+}"),

    // What a resident's books ask of the blocks that hold his data.
    ("/book-manage", Way::FromRoot, &["POST"], "/book-operate/book/search"),
    ("/book-manage", Way::FromRoot, &["POST"], "/book-operate/accesslog"),
    ("/book-manage", Way::FromRoot, &["POST"], "/book-operate/ind/accesslog"),
    ("/book-manage", Way::FromRoot, &["POST"], "/book-operate/store-event/receive"),

    // Notices travel from any block to any other; decisions go back to who asked for them.
    ("/notification", Way::ToRoot, &["POST"], "/book-manage/search/user"),
    ("/notification", Way::Anywhere, &["GET"], "/notification"),
    ("/notification", Way::Anywhere, &["POST"], "/notification/transfer"),
    ("/notification/approval", Way::Anywhere, &["POST"], "/catalog-update/{+}"),

    // Certificates are fetched from the root, and given up on its order.
    ("*", Way::ToRoot, &["GET"], "/certification-authority/client/{+}/{+}"),
    ("*", Way::ToRoot, &["GET"], "/certification-authority/actor/{+}/{+}"),
    ("*", Way::ToRoot, &["GET"], "/certification-authority/revoked"),
    ("/certificate-manage", Way::ToRoot, &["GET"], "/certification-authority/{+}"),
    ("/certificate-manage", Way::ToRoot, &["GET"], "/certificate-authority/client/cert-chain"),
    ("/catalog-update/actor/approval", Way::FromRoot, &["DELETE"], "/certificate-manage/{+}/{+}"),
];

type Row = (&'static str, Way, &'static [&'static str], PathPattern);

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    TABLE
        .iter()
        .filter_map(|(sender, way, methods, pattern)| {
            Some((*sender, *way, *methods, PathPattern::new(pattern).ok()?))
        })
        .collect()
});

pub(super) fn permit(call: &Call<'_>) -> bool {
    ROWS.iter().any(|(sender, way, methods, pattern)| {
        is_of(sender, call.sender)
            && goes(*way, call)
            && methods.contains(&call.method.as_str())
            && pattern.matches(call.url)
    })
}

fn is_of(row: &str, sender: &str) -> bool {
    let rest = sender.strip_prefix(row);
    row == "*" || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn goes(way: Way, call: &Call<'_>) -> bool {
    match way {
        Way::ToRoot => call.to.1 == ActorType::PxrRoot,
        Way::Within => call.from.0 == call.to.0,
        Way::FromRoot => call.from.1 == ActorType::PxrRoot,
        Way::Anywhere => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_read() {
        assert_eq!(ROWS.len(), TABLE.len());
    }
}
