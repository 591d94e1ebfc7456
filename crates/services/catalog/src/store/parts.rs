//! The templates of items with their properties, candidates and columns.

use std::collections::{HashMap, HashSet};

use platform::ApiError;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    among, cmatrix_index, item_template,
    load::{pair, parsed},
    namespaces_by_id, property_candidate, template_property,
};
use crate::rendering::{Candidate, Property, Template};

/// What one item consists of.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// In order of their ids.
    pub(super) templates: Vec<Template>,
    /// The first index of the data matrix that the item declares.
    pub(super) column: Option<String>,
    /// Indexes that are reserved.
    reserved: HashSet<String>,
}

/// The parts of these items by their ids.
pub(super) async fn of(
    connection: &impl ConnectionTrait,
    items: &[i64],
) -> Result<HashMap<i64, Parts>, ApiError> {
    let mut parts = columns(connection, items).await?;
    let rows = item_template::Entity::find()
        .filter(among(connection, item_template::Column::CatalogItemId, items.iter().copied()))
        .filter(item_template::Column::IsDisabled.eq(false))
        .order_by_asc(item_template::Column::Id)
        .all(connection)
        .await?;
    let mut properties = properties(connection, rows.iter().map(|row| row.id)).await?;
    for row in rows {
        let parts = parts.entry(row.catalog_item_id.unwrap_or_default()).or_default();
        let values = row.template.as_deref().map(parsed).and_then(|value| value.as_array().cloned());
        let mut properties = properties.remove(&row.id).unwrap_or_default();
        for property in &mut properties {
            property.column_reserved =
                property.column.as_ref().is_some_and(|column| parts.reserved.contains(column));
        }
        parts.templates.push(Template {
            class: row.inner_name,
            owner: row.template_property_id,
            values: values.unwrap_or_default(),
            properties,
        });
    }
    Ok(parts)
}

/// The columns that items declare.
async fn columns(connection: &impl ConnectionTrait, items: &[i64]) -> Result<HashMap<i64, Parts>, ApiError> {
    let rows = cmatrix_index::Entity::find()
        .filter(among(connection, cmatrix_index::Column::CatalogItemId, items.iter().copied()))
        .filter(cmatrix_index::Column::IsDisabled.eq(false))
        .order_by_asc(cmatrix_index::Column::Id)
        .all(connection)
        .await?;
    let mut parts: HashMap<i64, Parts> = HashMap::new();
    for row in rows {
        let parts = parts.entry(row.catalog_item_id).or_default();
        parts.column.get_or_insert_with(|| row.index_key.clone());
        if row.reserved {
            parts.reserved.insert(row.index_key);
        }
    }
    Ok(parts)
}

/// The properties of templates, ordered by key.
async fn properties(
    connection: &impl ConnectionTrait,
    templates: impl IntoIterator<Item = i64>,
) -> Result<HashMap<i64, Vec<Property>>, ApiError> {
    let rows = template_property::Entity::find()
        .filter(among(connection, template_property::Column::ItemTemplateId, templates))
        .filter(template_property::Column::IsDisabled.eq(false))
        .order_by_asc(template_property::Column::Id)
        .all(connection)
        .await?;
    let mut candidates = candidates(connection, rows.iter().map(|row| row.id)).await?;
    let mut properties: HashMap<i64, Vec<Property>> = HashMap::new();
    for row in rows {
        properties.entry(row.item_template_id).or_default().push(Property {
            id: row.id,
            key: row.key_name,
            kind: row.kind.unwrap_or_default(),
            code: pair(row.code, row.version),
            column: row.index_key,
            column_reserved: false,
            format: pair(row.format_code, row.format_version),
            unit: pair(row.unit_code, row.unit_version),
            description: row.description,
            candidates: candidates.remove(&row.id).unwrap_or_default(),
        });
    }
    for properties in properties.values_mut() {
        // As the database's C collation has it.
        properties.sort_by(|left, right| left.key.as_bytes().cmp(right.key.as_bytes()));
    }
    Ok(properties)
}

async fn candidates(
    connection: &impl ConnectionTrait,
    properties: impl IntoIterator<Item = i64>,
) -> Result<HashMap<i64, Vec<Candidate>>, ApiError> {
    let rows = property_candidate::Entity::find()
        .filter(among(connection, property_candidate::Column::TemplatePropertyId, properties))
        .filter(property_candidate::Column::IsDisabled.eq(false))
        .order_by_asc(property_candidate::Column::Id)
        .all(connection)
        .await?;
    let namespaces = namespaces_by_id(connection, rows.iter().filter_map(|row| row.ns_id)).await?;
    let mut candidates: HashMap<i64, Vec<Candidate>> = HashMap::new();
    for row in rows {
        let of = candidates.entry(row.template_property_id).or_default();
        if let Some(values) = &row.value {
            of.push(Candidate::Values(parsed(values)));
        } else if let Some(classes) = &row.inners {
            of.push(Candidate::Classes(parsed(classes)));
        } else if let Some(ns) = row.ns_id.and_then(|id| namespaces.get(&id)) {
            let below = if row.is_descendant { "/*" } else { "" };
            of.push(Candidate::Namespace(format!("{ns}{below}")));
        } else if row.code.is_some() {
            of.extend(pair(row.code, row.version).map(Candidate::Code));
        } else if row.base_code.is_some() {
            of.push(Candidate::Base(pair(row.base_code, row.base_version)));
        }
    }
    Ok(candidates)
}
