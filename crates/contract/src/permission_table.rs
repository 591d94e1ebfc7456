//! The static permission table of a block: which path an operator of which type may ask for, before any office of
//! the root is asked. The proxy of a block goes by it, and the root, where no office judges a call.

mod delivered;

use http::Method;
use serde::Deserialize;
use vocabulary::{ActorType, BlockKind, OperatorType, UnknownKind};

use crate::path_pattern::{PathPattern, PathPatternError};

/// Where a call goes, as the table sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum TargetKey {
    /// The caller's own block, `self`.
    Own,
    /// Another one, of this kind.
    Of(ActorType),
}

impl TryFrom<String> for TargetKey {
    type Error = UnknownKind;

    fn try_from(text: String) -> Result<Self, UnknownKind> {
        if text == "self" { Ok(Self::Own) } else { text.parse().map(Self::Of) }
    }
}

/// A row of the table, as a configuration gives it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermissionRow {
    pub to: TargetKey,
    pub method: String,
    pub path: PathPattern,
    /// Operator types: 0, 2, 3.
    pub types: Vec<OperatorType>,
}

/// The whole table.
#[derive(Clone, Debug)]
pub struct Permissions(Vec<PermissionRow>);

impl Permissions {
    /// The delivered table of a kind of block.
    pub fn delivered(kind: BlockKind) -> Result<Self, PathPatternError> {
        let columns: &[(usize, TargetKey)] = match kind {
            BlockKind::Root => &[(0, TargetKey::Own)],
            BlockKind::App => &[(1, TargetKey::Own), (2, TargetKey::Of(ActorType::PxrRoot))],
            BlockKind::RegionRoot => &[(3, TargetKey::Own), (4, TargetKey::Of(ActorType::PxrRoot))],
        };
        let mut rows = Vec::new();
        for (method, path, cells) in delivered::DELIVERED {
            for (column, to) in columns {
                rows.extend(row(*to, method, path, cells[*column])?);
            }
        }
        let column = match kind {
            BlockKind::Root => Some(0),
            BlockKind::RegionRoot => Some(1),
            BlockKind::App => None,
        };
        if let Some(column) = column {
            for (method, path, cells) in delivered::TO_APPS {
                rows.extend(row(TargetKey::Of(ActorType::App), method, path, cells[column])?);
            }
        }
        Ok(Self(rows))
    }

    #[must_use]
    pub const fn configured(rows: Vec<PermissionRow>) -> Self {
        Self(rows)
    }

    /// Whether an operator of that type may ask for a path, query included.
    #[must_use]
    pub fn allow(&self, to: TargetKey, method: &Method, kind: OperatorType, path: &str) -> bool {
        self.0.iter().any(|row| {
            row.to == to
                && method.as_str() == row.method
                && row.types.contains(&kind)
                && row.path.matches(path)
        })
    }
}

fn row(
    to: TargetKey,
    method: &str,
    path: &str,
    cell: &str,
) -> Result<Option<PermissionRow>, PathPatternError> {
    let types: Vec<_> = cell
        .split(',')
        .filter_map(|number| number.parse().ok().and_then(|number: i64| OperatorType::try_from(number).ok()))
        .collect();
    if types.is_empty() {
        return Ok(None);
    }
    Ok(Some(PermissionRow { to, method: method.to_owned(), path: PathPattern::new(path)?, types }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_block_has_its_table() {
        let root = Permissions::delivered(BlockKind::Root).unwrap();
        let app = Permissions::delivered(BlockKind::App).unwrap();
        let (get, post) = (Method::GET, Method::POST);
        assert!(root.allow(TargetKey::Own, &get, OperatorType::Individual, "/book-manage"));
        assert!(!root.allow(TargetKey::Own, &post, OperatorType::Member, "/book-manage/settings/store"));
        assert!(root.allow(
            TargetKey::Of(ActorType::App),
            &post,
            OperatorType::Individual,
            "/binary-manage/download/start/x"
        ));
        assert!(app.allow(
            TargetKey::Of(ActorType::PxrRoot),
            &get,
            OperatorType::Application,
            "/catalog?ns=a/b"
        ));
        assert!(!app.allow(TargetKey::Own, &get, OperatorType::Individual, "/catalog?ns=a/b"));
        assert!(app.allow(TargetKey::Own, &post, OperatorType::Application, "/book-operate/event/user/"));
    }
    #[test]
    fn a_row_names_its_own_block_or_a_kind_of_block() {
        let to = |text: &str| TargetKey::try_from(text.to_owned()).ok();
        assert_eq!(to("self"), Some(TargetKey::Own));
        assert_eq!(to("data-trader"), Some(TargetKey::Of(ActorType::DataTrader)));
        assert_eq!((to("own"), to("")), (None, None));
    }
}
