//! Finding namespaces.

use std::collections::HashMap;

use platform::ApiError;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LikeExpr,
};

use super::{among, catalog_item, ns};

/// A namespace by its exact name.
pub(crate) async fn namespace(
    connection: &impl ConnectionTrait,
    name: &str,
) -> Result<Option<ns::Model>, ApiError> {
    let found = ns::Entity::find()
        .filter(ns::Column::Name.eq(name))
        .filter(ns::Column::IsDisabled.eq(false))
        .order_by_asc(ns::Column::Id)
        .one(connection)
        .await?;
    Ok(found)
}

/// The ids of the namespaces of exactly that name; older programs let two have the same.
pub(crate) async fn namespaces_named(
    connection: &impl ConnectionTrait,
    name: &str,
) -> Result<Vec<i64>, ApiError> {
    let ids = ns::Entity::find()
        .filter(ns::Column::Name.eq(name))
        .filter(ns::Column::IsDisabled.eq(false))
        .select_only()
        .column(ns::Column::Id)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ids)
}

/// Namespaces whose path begins so, by id.
pub(crate) async fn namespaces_under(
    connection: &impl ConnectionTrait,
    prefix: &str,
) -> Result<Vec<ns::Model>, ApiError> {
    let meant = prefix.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let rows = ns::Entity::find()
        .filter(ns::Column::Name.like(LikeExpr::new(format!("{meant}%")).escape('\\')))
        .filter(ns::Column::IsDisabled.eq(false))
        .order_by_asc(ns::Column::Id)
        .all(connection)
        .await?;
    // SQLite's LIKE knows no case.
    Ok(rows.into_iter().filter(|row| row.name.starts_with(prefix)).collect())
}

pub(crate) async fn all_namespaces(connection: &impl ConnectionTrait) -> Result<Vec<ns::Model>, ApiError> {
    let rows = ns::Entity::find()
        .filter(ns::Column::IsDisabled.eq(false))
        .order_by_asc(ns::Column::Id)
        .all(connection)
        .await?;
    Ok(rows)
}

/// Names of namespaces, deleted ones too.
pub(crate) async fn namespaces_by_id(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = i64>,
) -> Result<HashMap<i64, String>, ApiError> {
    let found = ns::Entity::find().filter(among(connection, ns::Column::Id, ids)).all(connection).await?;
    Ok(found.into_iter().map(|ns| (ns.id, ns.name)).collect())
}

/// The namespaces of these codes: of the newest version of each, a deleted one where there is no other.
pub(crate) async fn namespaces_of_codes(
    connection: &impl ConnectionTrait,
    codes: impl IntoIterator<Item = i64>,
) -> Result<HashMap<i64, String>, ApiError> {
    let versions: Vec<(i64, Option<i64>)> = catalog_item::Entity::find()
        .filter(among(connection, catalog_item::Column::Code, codes))
        .filter(catalog_item::Column::IsReserved.eq(false))
        .order_by_desc(catalog_item::Column::IsDisabled)
        .order_by_asc(catalog_item::Column::Version)
        .select_only()
        .columns([catalog_item::Column::Code, catalog_item::Column::NsId])
        .into_tuple()
        .all(connection)
        .await?;
    let newest: HashMap<_, _> = versions.into_iter().collect();
    let names = namespaces_by_id(connection, newest.values().flatten().copied()).await?;
    let named = newest.into_iter().filter_map(|(code, ns)| Some((code, names.get(&ns?)?.clone())));
    Ok(named.collect())
}
