//! The whole catalog in the form in which it is sent, for whoever writes it down.
//!
//! Deleted things and placeholders are left out; items come with all their versions, because others refer to them. It
//! is read in pages: what is changed meanwhile may be in it or not.

use platform::{ApiError, Store};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};

use crate::{
    rendering::{description, written},
    store::{self, catalog_item},
};

/// The body of the activation: name, description and `ext_name`.
pub async fn exported_name(store: &Store) -> Result<Value, ApiError> {
    let name = store::activated(store.read()).await?;
    Ok(json!({"name": name.name, "description": name.description, "ext_name": name.ext_name}))
}

/// The bodies of all namespaces, parents before children.
pub async fn exported_namespaces(store: &Store) -> Result<Vec<Value>, ApiError> {
    let mut namespaces = store::all_namespaces(store.read()).await?;
    namespaces.sort_by(|one, other| one.name.cmp(&other.name));
    // Older programs let two have the same name; only one can be sent.
    namespaces.dedup_by(|one, other| one.name == other.name);
    let written = namespaces.into_iter().map(|ns| {
        let text = ns.description.as_deref().map(store::parsed).unwrap_or_default();
        // Without a description none is accepted.
        let text = if text == json!("") || text.is_null() { json!(ns.name) } else { description(&text) };
        json!({"ns": ns.name, "description": text})
    });
    Ok(written.collect())
}

/// A part of the items: ask with 0 first, then with the number that came with the last part, until a part is empty.
pub async fn exported_items(store: &Store, after: i64) -> Result<(Vec<Value>, i64), ApiError> {
    const PAGE: u64 = 500;
    let connection = store.read();
    let rows = catalog_item::Entity::find()
        .filter(catalog_item::Column::Id.gt(after))
        .filter(catalog_item::Column::IsDisabled.eq(false))
        .filter(catalog_item::Column::IsReserved.eq(false))
        .order_by_asc(catalog_item::Column::Id)
        .limit(PAGE)
        .all(connection)
        .await?;
    let last = rows.last().map_or(after, |row| row.id);
    let shapes = store::shapes(connection, rows).await?;
    Ok((shapes.iter().map(|(_, shape)| written(shape)).collect(), last))
}
