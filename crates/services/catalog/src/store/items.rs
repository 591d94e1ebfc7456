//! Finding items and namespaces.

use std::collections::HashMap;

use platform::ApiError;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use super::{catalog, catalog_item, ns};
use crate::refusal::Refusal;

/// The record that activates the catalog (spec: catalog 4.1); without it nothing else answers.
pub(crate) async fn activated(connection: &impl ConnectionTrait) -> Result<catalog::Model, ApiError> {
    let found = catalog::Entity::find()
        .filter(catalog::Column::IsDisabled.eq(false))
        .order_by_asc(catalog::Column::Id)
        .one(connection)
        .await?;
    Ok(found.ok_or(Refusal::NotActivated)?)
}

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

pub(crate) async fn namespaces_by_id(
    connection: &impl ConnectionTrait,
    ids: Vec<i64>,
) -> Result<HashMap<i64, String>, ApiError> {
    let found = ns::Entity::find().filter(ns::Column::Id.is_in(ids)).all(connection).await?;
    Ok(found.into_iter().map(|ns| (ns.id, ns.name)).collect())
}

/// The newest version of a code that is registered; none for an unknown, deleted or merely reserved one.
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
    let codes: Vec<_> = wanted.iter().map(|(code, _)| *code).collect();
    let rows = live()
        .filter(catalog_item::Column::Code.is_in(codes))
        .order_by_asc(catalog_item::Column::Code)
        .order_by_asc(catalog_item::Column::Version)
        .all(connection)
        .await?;
    let mut latest: HashMap<i64, i64> = HashMap::new();
    for row in &rows {
        let newest = latest.entry(row.code).or_insert(row.version);
        *newest = row.version.max(*newest);
    }
    let is_wanted = |row: &catalog_item::Model| {
        wanted.iter().any(|(code, version)| {
            *code == row.code && version.or_else(|| latest.get(code).copied()) == Some(row.version)
        })
    };
    Ok(rows.into_iter().filter(is_wanted).collect())
}

/// All rows of a code, newest last; deleted and reserved ones only when asked for.
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

/// The newest version of each code that lies directly in a namespace, by code.
pub(crate) async fn in_namespace(
    connection: &impl ConnectionTrait,
    name: &str,
) -> Result<Vec<catalog_item::Model>, ApiError> {
    let ids: Vec<i64> = ns::Entity::find()
        .filter(ns::Column::Name.eq(name))
        .filter(ns::Column::IsDisabled.eq(false))
        .select_only()
        .column(ns::Column::Id)
        .into_tuple()
        .all(connection)
        .await?;
    let codes: Vec<i64> = live()
        .filter(catalog_item::Column::NsId.is_in(ids.clone()))
        .select_only()
        .column(catalog_item::Column::Code)
        .distinct()
        .into_tuple()
        .all(connection)
        .await?;
    let wanted: Vec<_> = codes.into_iter().map(|code| (code, None)).collect();
    let newest = versions(connection, &wanted).await?;
    Ok(newest.into_iter().filter(|row| row.ns_id.is_some_and(|id| ids.contains(&id))).collect())
}

/// Rendered answers that may say something old; they are rendered anew at the next reading.
pub(crate) async fn forget_responses(connection: &impl ConnectionTrait) -> Result<(), ApiError> {
    catalog_item::Entity::update_many()
        .col_expr(catalog_item::Column::Response, Expr::value(Option::<String>::None))
        .filter(catalog_item::Column::Response.is_not_null())
        .exec(connection)
        .await?;
    Ok(())
}

fn live() -> sea_orm::Select<catalog_item::Entity> {
    catalog_item::Entity::find()
        .filter(catalog_item::Column::IsDisabled.eq(false))
        .filter(catalog_item::Column::IsReserved.eq(false))
}
