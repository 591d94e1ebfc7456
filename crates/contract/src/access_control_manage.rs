//! Which office of the root judges a call (spec: access-control 5.1, access-control-manage 4.1).
//!
//! The caller's access control chooses by this table, and the root checks the choice by the same one.

use std::sync::LazyLock;

use http::Method;
use vocabulary::BlockKind;

use crate::path_pattern::PathPattern;

/// An office; its name is the end of its path at access-control-manage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Office {
    /// Everything that no other office judges.
    Block,
    Operator,
    Store,
    Book,
    AppWfUser,
    Actor,
    Join,
    Catalog,
    Setting,
    ShareContinuous,
    ShareTemp,
}

impl Office {
    pub const ALL: [Self; 11] = [
        Self::Block,
        Self::Operator,
        Self::Store,
        Self::Book,
        Self::AppWfUser,
        Self::Actor,
        Self::Join,
        Self::Catalog,
        Self::Setting,
        Self::ShareContinuous,
        Self::ShareTemp,
    ];

    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Operator => "operator",
            Self::Store => "store",
            Self::Book => "book",
            Self::AppWfUser => "app-wf-user",
            Self::Actor => "actor",
            Self::Join => "join",
            Self::Catalog => "catalog",
            Self::Setting => "setting",
            Self::ShareContinuous => "share/continuous",
            Self::ShareTemp => "share/temp",
        }
    }

    /// Offices whose judgement rests on a consent: what they say must be asked anew for each call.
    #[must_use]
    pub const fn rests_on_consent(self) -> bool {
        matches!(self, Self::Store | Self::ShareContinuous | Self::ShareTemp)
    }
}

/// Office, method, pattern, and the kinds of calling blocks: R root, A application, G region.
const TABLE: &[(Office, &str, &str, &str)] = &[
    (Office::Operator, "POST", "/operator", "RAG"),
    (Office::Operator, "PUT", "/operator/{n}", "RAG"),
    (Office::Operator, "PUT", "/operator/password/{n}", "RAG"),
    (Office::Operator, "DELETE", "/operator/{n}", "RAG"),
    (Office::Store, "POST", "/book-operate/event/{+}", "RAG"),
    (Office::Store, "POST", "/book-operate/thing/{+}/{+}", "RAG"),
    (Office::Store, "POST", "/book-operate/thing/bulk/{+}/{+}", "A"),
    (Office::Store, "PUT", "/book-operate/event/{+}[/]?eventSourceId={+}", "RAG"),
    (Office::Store, "PUT", "/book-operate/event/{+}/{+}", "RAG"),
    (Office::Store, "PUT", "/book-operate/thing/{+}/{+}[/]?eventSourceId={+}", "RAG"),
    (Office::Store, "PUT", "/book-operate/thing/{+}/{+}/{+}", "RAG"),
    (Office::Store, "POST", "/book-operate/document/{+}", "RAG"),
    (Office::Store, "PUT", "/book-operate/document/{+}[/]?documentSourceId={+}", "RAG"),
    (Office::Store, "PUT", "/book-operate/document/{+}/{+}", "RAG"),
    (Office::Store, "DELETE", "/book-operate/document/{+}/{+}", "A"),
    (Office::Store, "DELETE", "/book-operate/event/{+}/{+}", "A"),
    (Office::Store, "DELETE", "/book-operate/thing/{+}/{+}", "A"),
    (Office::Book, "POST", "/book-manage/search", "R"),
    (Office::Book, "GET", "/book-manage/search", "AG"),
    (Office::Book, "POST", "/book-manage", "RAG"),
    (Office::Book, "POST", "/book-manage/login-code", "RAG"),
    (Office::Book, "POST", "/book-manage/sms/open", "R"),
    (Office::Book, "PUT", "/book-manage/force-enable", "RAG"),
    (Office::Book, "PUT", "/book-manage/force-deletion", "RAG"),
    (Office::AppWfUser, "POST", "/book-operate/user", "RAG"),
    (Office::AppWfUser, "POST", "/book-operate/user/delete", "A"),
    (Office::Actor, "POST", "/catalog-update/actor", "RAG"),
    (Office::Actor, "POST", "/catalog-update/actor/approval[/]{+}", "RAG"),
    (Office::Join, "POST", "/catalog-update/join", "RAG"),
    (Office::Join, "POST", "/catalog-update/join/approval/{+}", "RAG"),
    (Office::Catalog, "POST", "/catalog/ext", "RAG"),
    (Office::Catalog, "POST", "/catalog/updateSet/register", "RAG"),
    (Office::Catalog, "PUT", "/catalog/ext/{n}", "RAG"),
    (Office::Catalog, "PUT", "/catalog/updateSet/register/{n}", "RAG"),
    (Office::Catalog, "DELETE", "/catalog/ext/{n}", "RAG"),
    (Office::ShareContinuous, "POST", "/book-operate/share/search", "A"),
    (Office::ShareContinuous, "POST", "/book-operate/share", "RG"),
];

type Row = (Office, &'static str, PathPattern, &'static str);

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    TABLE
        .iter()
        .filter_map(|(office, method, pattern, kinds)| {
            Some((*office, *method, PathPattern::new(pattern).ok()?, *kinds))
        })
        .collect()
});

/// The office for a call of a block of that kind. A share with a temporary code has an office of its own.
#[must_use]
pub fn office(kind: BlockKind, method: &Method, url: &str, has_temporary_code: bool) -> Office {
    let letter = match kind {
        BlockKind::Root => 'R',
        BlockKind::RegionRoot => 'G',
        BlockKind::App => 'A',
    };
    let row = ROWS.iter().find(|(_, row_method, pattern, kinds)| {
        method.as_str() == *row_method && kinds.contains(letter) && pattern.matches(url)
    });
    match row.map(|(office, ..)| *office) {
        Some(Office::ShareContinuous) if has_temporary_code => Office::ShareTemp,
        Some(office) => office,
        None => Office::Block,
    }
}

/// Whether a consent decides about a call, whichever kind of block makes it: then its token is asked for anew each time
/// and works once.
#[must_use]
pub fn rests_on_consent(method: &Method, url: &str) -> bool {
    let kinds = [BlockKind::Root, BlockKind::RegionRoot, BlockKind::App];
    kinds.into_iter().any(|kind| office(kind, method, url, false).rests_on_consent())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_read() {
        assert_eq!(ROWS.len(), TABLE.len());
    }

    #[test]
    fn calls_go_to_their_office() {
        let office = |kind, method: Method, url| super::office(kind, &method, url, false);
        assert_eq!(office(BlockKind::App, Method::POST, "/book-operate/event/u1"), Office::Store);
        assert_eq!(office(BlockKind::Root, Method::POST, "/book-manage/search"), Office::Book);
        assert_eq!(office(BlockKind::App, Method::POST, "/book-manage/search"), Office::Block);
        assert_eq!(office(BlockKind::App, Method::GET, "/catalog/1"), Office::Block);
        assert_eq!(
            super::office(BlockKind::App, &Method::POST, "/book-operate/share/search", true),
            Office::ShareTemp
        );
    }
}
