//! From rows to shapes.
//!
//! Whatever the number of items, each round of loading asks the same few questions; there are as many rounds as
//! inheritance and embedded items are deep.

use std::collections::{HashMap, HashSet};

use platform::ApiError;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;
use vocabulary::CodeVersion;

use super::{among, among_codes, catalog_item, catalog_item_attribute, namespaces_by_id, parts};
use crate::rendering::{Attribute, Library, Shape};

/// The shapes of these items and of everything that matters for rendering them.
pub(crate) async fn library(
    connection: &impl ConnectionTrait,
    rows: &[catalog_item::Model],
) -> Result<Library, ApiError> {
    let mut library = Library::default();
    let mut asked: HashSet<CodeVersion> = HashSet::new();
    let mut rows = rows.to_vec();
    while !rows.is_empty() {
        for (code, shape) in shapes(connection, rows).await? {
            asked.insert(code);
            library.insert(code, shape);
        }
        let missing: Vec<_> = library.missing().into_iter().filter(|code| asked.insert(*code)).collect();
        rows = by_codes(connection, &missing).await?;
    }
    Ok(library)
}

async fn by_codes(
    connection: &impl ConnectionTrait,
    codes: &[CodeVersion],
) -> Result<Vec<catalog_item::Model>, ApiError> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let columns = (catalog_item::Column::Code, catalog_item::Column::Version);
    let rows = catalog_item::Entity::find()
        .filter(among_codes(connection, columns, codes))
        .filter(catalog_item::Column::IsDisabled.eq(false))
        .all(connection)
        .await?;
    Ok(rows)
}

/// These items alone, each as its rows say it.
pub(crate) async fn shapes(
    connection: &impl ConnectionTrait,
    rows: Vec<catalog_item::Model>,
) -> Result<Vec<(CodeVersion, Shape)>, ApiError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut parts = parts::of(connection, &ids).await?;
    let attributes = catalog_item_attribute::Entity::find()
        .filter(among(connection, catalog_item_attribute::Column::CatalogItemId, ids))
        .filter(catalog_item_attribute::Column::IsDisabled.eq(false))
        .order_by_asc(catalog_item_attribute::Column::KeyCode)
        .order_by_asc(catalog_item_attribute::Column::KeyVersion)
        .order_by_asc(catalog_item_attribute::Column::Id)
        .all(connection)
        .await?;
    let ids = rows.iter().filter_map(|row| row.ns_id).chain(attributes.iter().filter_map(|row| row.ns_id));
    let namespaces = namespaces_by_id(connection, ids).await?;
    let name = |id: Option<i64>| id.and_then(|id| namespaces.get(&id).cloned());
    let mut attributes_of: HashMap<i64, Vec<Attribute>> = HashMap::new();
    for row in attributes {
        attributes_of.entry(row.catalog_item_id.unwrap_or_default()).or_default().push(attribute(row, &name));
    }
    let shape = |row: catalog_item::Model| {
        let code = CodeVersion::new(row.code, row.version);
        let parts = parts.remove(&row.id).unwrap_or_default();
        let shape = Shape {
            code: Some(code),
            ns: name(row.ns_id).unwrap_or_default(),
            name: row.name,
            inherit: pair(row.inherit_code, row.inherit_version),
            description: row.description.map(|text| parsed(&text)).unwrap_or_default(),
            templates: parts.templates,
            column: parts.column,
            attributes: attributes_of.remove(&row.id).unwrap_or_default(),
        };
        (code, shape)
    };
    Ok(rows.into_iter().map(shape).collect())
}

fn attribute(row: catalog_item_attribute::Model, name: &impl Fn(Option<i64>) -> Option<String>) -> Attribute {
    let value = row.value.map(|text| parsed(&text)).unwrap_or_default();
    if row.kind == catalog_item_attribute::OBJECT {
        // Missing parts are shown as 0.
        let key = CodeVersion::new(row.key_code.unwrap_or_default(), row.key_version.unwrap_or_default());
        Attribute::Object { key, value, description: row.description }
    } else {
        Attribute::Tag { ns: name(row.ns_id), values: value }
    }
}

/// None when either part is missing or 0.
pub(super) fn pair(code: Option<i64>, version: Option<i64>) -> Option<CodeVersion> {
    let (code, version) = code.zip(version)?;
    (code != 0 && version != 0).then(|| CodeVersion::new(code, version))
}

/// Text that may be JSON.
pub(crate) fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}
