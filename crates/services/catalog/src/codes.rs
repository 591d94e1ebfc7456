//! Code ranges and automatic codes (spec: catalog 4.7.2).

use platform::ApiError;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    refusal::Refusal,
    store::{catalog_code_scope, catalog_item, ns},
};

/// The parts of a catalog, as URLs and namespaces name them: model, `built_in` or ext.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Model,
    BuiltIn,
    Ext,
}

impl Kind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::BuiltIn => "built_in",
            Self::Ext => "ext",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Model, Self::BuiltIn, Self::Ext].into_iter().find(|kind| kind.as_str() == name)
    }

    /// By the beginning of a full namespace; none where it is another one.
    pub(crate) fn of_path(ns: &str) -> Option<Self> {
        let (kind, _) = ns.strip_prefix("catalog/")?.split_once('/')?;
        Self::named(kind)
    }

    /// The same; ext for namespaces that older programs let begin with anything.
    pub(crate) fn of_namespace(ns: &str) -> Self {
        Self::of_path(ns).unwrap_or(Self::Ext)
    }
}

async fn ranges(connection: &impl ConnectionTrait, kind: Kind) -> Result<Vec<(i64, i64)>, ApiError> {
    let rows = catalog_code_scope::Entity::find()
        .filter(catalog_code_scope::Column::Kind.eq(kind.as_str()))
        .filter(catalog_code_scope::Column::IsDisabled.eq(false))
        .order_by_asc(catalog_code_scope::Column::StartCode)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.start_code, row.end_code)).collect())
}

/// Refuses a code outside the ranges of its kind.
pub(crate) async fn check_range(
    connection: &impl ConnectionTrait,
    kind: Kind,
    code: i64,
) -> Result<(), ApiError> {
    let ranges = ranges(connection, kind).await?;
    if ranges.iter().any(|(start, end)| (*start..=*end).contains(&code)) {
        Ok(())
    } else {
        Err(Refusal::OutOfRange.into())
    }
}

/// One more than the greatest code of the kind, or the start of the next range.
///
/// Call it in the transaction that uses the code, one of [`crate::store::writing`].
pub(crate) async fn next(connection: &impl ConnectionTrait, kind: Kind) -> Result<i64, ApiError> {
    let greatest: Option<Option<i64>> = catalog_item::Entity::find()
        .join(
            sea_orm::JoinType::InnerJoin,
            catalog_item::Entity::belongs_to(ns::Entity)
                .from(catalog_item::Column::NsId)
                .to(ns::Column::Id)
                .into(),
        )
        .filter(ns::Column::Kind.eq(kind.as_str()))
        .select_only()
        .column_as(catalog_item::Column::Code.max(), "code")
        .into_tuple()
        .one(connection)
        .await?;
    let candidate = greatest.flatten().unwrap_or(0) + 1;
    let ranges = ranges(connection, kind).await?;
    let inside = ranges.iter().any(|(start, end)| (*start..=*end).contains(&candidate));
    let next = if inside {
        Some(candidate)
    } else {
        ranges.iter().map(|(start, _)| *start).find(|start| *start > candidate)
    };
    Ok(next.ok_or(Refusal::RangeExhausted)?)
}
