//! Finding items.

use std::collections::{HashMap, HashSet};

use platform::ApiError;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{among, catalog_item, namespaces_by_id};

/// Registered items: neither deleted nor mere placeholders.
fn live() -> sea_orm::Select<catalog_item::Entity> {
    catalog_item::Entity::find()
        .filter(catalog_item::Column::IsDisabled.eq(false))
        .filter(catalog_item::Column::IsReserved.eq(false))
}

/// The newest registered version of a code.
pub(crate) async fn newest(
    connection: &impl ConnectionTrait,
    code: i64,
) -> Result<Option<catalog_item::Model>, ApiError> {
    let found = live()
        .filter(catalog_item::Column::Code.eq(code))
        .order_by_desc(catalog_item::Column::Version)
        .one(connection)
        .await?;
    Ok(found)
}

/// The registered version of a code; a deleted one only when asked for, the newest where none is given.
pub(crate) async fn at_version(
    connection: &impl ConnectionTrait,
    code: i64,
    version: Option<i64>,
    deleted_too: bool,
) -> Result<Option<catalog_item::Model>, ApiError> {
    let mut query = catalog_item::Entity::find()
        .filter(catalog_item::Column::Code.eq(code))
        .filter(catalog_item::Column::IsReserved.eq(false))
        .order_by_desc(catalog_item::Column::Version);
    if let Some(version) = version {
        query = query.filter(catalog_item::Column::Version.eq(version));
    }
    if !deleted_too {
        query = query.filter(catalog_item::Column::IsDisabled.eq(false));
    }
    Ok(query.one(connection).await?)
}

/// The newest registered version of a code, a deleted one where there is no other, and its namespace.
pub(crate) async fn placed(
    connection: &impl ConnectionTrait,
    code: i64,
) -> Result<Option<(catalog_item::Model, String)>, ApiError> {
    let row = match newest(connection, code).await? {
        Some(row) => Some(row),
        None => at_version(connection, code, None, true).await?,
    };
    let Some(row) = row else { return Ok(None) };
    let ns = namespaces_by_id(connection, row.ns_id).await?.into_values().next();
    Ok(ns.map(|ns| (row, ns)))
}

/// The newest registered version of a code; none for an unknown, deleted or merely reserved one.
pub(crate) async fn latest_version(
    connection: &impl ConnectionTrait,
    code: i64,
) -> Result<Option<i64>, ApiError> {
    let latest: Option<Option<i64>> = live()
        .filter(catalog_item::Column::Code.eq(code))
        .select_only()
        .column_as(catalog_item::Column::Version.max(), "version")
        .into_tuple()
        .one(connection)
        .await?;
    Ok(latest.flatten())
}

/// Registered versions of these codes: the given one, or the newest where none is given; by code and version.
pub(crate) async fn versions(
    connection: &impl ConnectionTrait,
    wanted: &[(i64, Option<i64>)],
) -> Result<Vec<catalog_item::Model>, ApiError> {
    let wanted: HashSet<_> = wanted.iter().copied().collect();
    let known: Vec<(i64, i64, i64)> = live()
        .filter(among(connection, catalog_item::Column::Code, wanted.iter().map(|(code, _)| *code)))
        .select_only()
        .columns([catalog_item::Column::Id, catalog_item::Column::Code, catalog_item::Column::Version])
        .into_tuple()
        .all(connection)
        .await?;
    let mut latest: HashMap<i64, i64> = HashMap::new();
    for (_, code, version) in &known {
        let newest = latest.entry(*code).or_insert(*version);
        *newest = (*version).max(*newest);
    }
    let is_wanted = |code: i64, version: i64| {
        wanted.contains(&(code, Some(version)))
            || wanted.contains(&(code, None)) && latest.get(&code) == Some(&version)
    };
    let ids = known.into_iter().filter(|(_, code, version)| is_wanted(*code, *version)).map(|(id, ..)| id);
    rows_of(connection, ids).await
}

/// Rows by their ids, by code and version.
pub(crate) async fn rows_of(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = i64>,
) -> Result<Vec<catalog_item::Model>, ApiError> {
    let rows = catalog_item::Entity::find()
        .filter(among(connection, catalog_item::Column::Id, ids))
        .order_by_asc(catalog_item::Column::Code)
        .order_by_asc(catalog_item::Column::Version)
        .all(connection)
        .await?;
    Ok(rows)
}

/// All rows of a code, newest last, placeholders among them; deleted ones only when asked for.
pub(crate) async fn all_versions(
    connection: &impl ConnectionTrait,
    code: i64,
    deleted_too: bool,
) -> Result<Vec<catalog_item::Model>, ApiError> {
    let mut query = catalog_item::Entity::find()
        .filter(catalog_item::Column::Code.eq(code))
        .order_by_asc(catalog_item::Column::Version);
    if !deleted_too {
        query = query.filter(catalog_item::Column::IsDisabled.eq(false));
    }
    Ok(query.all(connection).await?)
}

/// The newest version of each code that lies directly in one of these namespaces, by code.
pub(crate) async fn in_namespaces(
    connection: &impl ConnectionTrait,
    namespaces: &[i64],
) -> Result<Vec<catalog_item::Model>, ApiError> {
    let codes: Vec<i64> = live()
        .filter(among(connection, catalog_item::Column::NsId, namespaces.iter().copied()))
        .select_only()
        .column(catalog_item::Column::Code)
        .distinct()
        .into_tuple()
        .all(connection)
        .await?;
    let wanted: Vec<_> = codes.into_iter().map(|code| (code, None)).collect();
    let newest = versions(connection, &wanted).await?;
    Ok(newest.into_iter().filter(|row| row.ns_id.is_some_and(|id| namespaces.contains(&id))).collect())
}

/// Those of the codes of which anything is known, be it a placeholder.
pub(crate) async fn known_codes(
    connection: &impl ConnectionTrait,
    codes: &HashSet<i64>,
) -> Result<HashSet<i64>, ApiError> {
    let known: Vec<i64> = catalog_item::Entity::find()
        .filter(among(connection, catalog_item::Column::Code, codes.iter().copied()))
        .filter(catalog_item::Column::IsDisabled.eq(false))
        .select_only()
        .column(catalog_item::Column::Code)
        .distinct()
        .into_tuple()
        .all(connection)
        .await?;
    Ok(known.into_iter().collect())
}
