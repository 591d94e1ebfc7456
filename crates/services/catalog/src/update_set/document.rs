//! What an update set proposes.

use platform::{ApiError, StoreError};
use serde_json::Value;

use crate::store::{Entries, attribute_update_set, catalog_update_set, ns_update_set};

/// Where an update set stands. 1, 2 and 4 are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Registered = 0,
    Approved = 1,
    Denied = 2,
    Requested = 3,
    Cancelled = 4,
}

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    Add = 1,
    Update = 2,
    Delete = 3,
}

impl ChangeKind {
    pub(crate) fn read(number: i64) -> Option<Self> {
        [Self::Add, Self::Update, Self::Delete].into_iter().find(|kind| *kind as i64 == number)
    }
}

/// A change of a namespace, an item or the attributes of an item.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) kind: ChangeKind,
    /// Id of the namespace or code of the item that is changed.
    pub(crate) target: Option<i64>,
    pub(crate) comment: Option<String>,
    /// What it becomes.
    pub(crate) template: Option<Value>,
}

/// A proposal before it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) kind: Option<i16>,
    pub(crate) changes: Changes,
    pub(crate) appendix: Option<Value>,
}

/// All that a proposal changes, in the order in which it is done.
#[derive(Clone, Debug)]
pub(crate) struct Changes {
    pub(crate) namespaces: Vec<Change>,
    pub(crate) items: Vec<Change>,
    pub(crate) attributes: Vec<Change>,
}

/// A change as it is stored.
struct Stored<'a> {
    table: &'static str,
    row: i64,
    kind: i16,
    target: Option<i64>,
    comment: &'a Option<String>,
    template: &'a str,
}

impl TryFrom<Stored<'_>> for Change {
    type Error = ApiError;

    fn try_from(stored: Stored<'_>) -> Result<Self, ApiError> {
        let Stored { table, row, kind, target, comment, template } = stored;
        let unreadable = |column, found: &str| StoreError::Unreadable {
            table,
            column,
            row: row.to_string(),
            found: found.to_owned(),
        };
        let kind = ChangeKind::read(kind.into()).ok_or_else(|| unreadable("type", &kind.to_string()))?;
        let template: Value =
            serde_json::from_str(template).map_err(|_| unreadable("template or attribute", "no JSON"))?;
        let template = (!template.is_null()).then_some(template);
        Ok(Self { kind, target, comment: comment.clone(), template })
    }
}

macro_rules! stored {
    ($table:ident, $target:ident, $template:ident) => {
        impl TryFrom<&$table::Model> for Change {
            type Error = ApiError;

            fn try_from(row: &$table::Model) -> Result<Self, ApiError> {
                Self::try_from(Stored {
                    table: stringify!($table),
                    row: row.id,
                    kind: row.kind,
                    target: row.$target,
                    comment: &row.comment,
                    template: &row.$template,
                })
            }
        }
    };
}

stored!(ns_update_set, ns_id, template);
stored!(catalog_update_set, catalog_item_code, template);
stored!(attribute_update_set, catalog_code, attribute);

impl Changes {
    /// What a stored proposal says.
    pub(crate) fn of(entries: &Entries) -> Result<Self, ApiError> {
        Ok(Self {
            namespaces: entries.namespaces.iter().map(Change::try_from).collect::<Result<_, _>>()?,
            items: entries.items.iter().map(Change::try_from).collect::<Result<_, _>>()?,
            attributes: entries.attributes.iter().map(Change::try_from).collect::<Result<_, _>>()?,
        })
    }
}
