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
}

/// Columns that items declare, as they were written: those of what was overwritten in place come first, and stay.
type Columns = HashMap<i64, Vec<cmatrix_index::Model>>;

impl Parts {
    /// Of the columns that were written for an item those that its properties declare now: each has one, in the order
    /// in which they were written, and nothing was written later.
    fn declare(&mut self, written: &[cmatrix_index::Model]) {
        let properties = || self.templates.iter().flat_map(|template| &template.properties);
        let declared = properties().filter(|property| property.column.is_some()).count();
        let newest = &written[written.len().saturating_sub(declared)..];
        self.column = newest.first().map(|row| row.index_key.clone());
        let reserved: HashSet<&String> =
            newest.iter().filter(|row| row.reserved).map(|row| &row.index_key).collect();
        for property in self.templates.iter_mut().flat_map(|template| &mut template.properties) {
            property.column_reserved =
                property.column.as_ref().is_some_and(|column| reserved.contains(column));
        }
    }
}

/// The parts of these items by their ids.
pub(super) async fn of(
    connection: &impl ConnectionTrait,
    items: &[i64],
) -> Result<HashMap<i64, Parts>, ApiError> {
    let mut parts: HashMap<i64, Parts> = HashMap::new();
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
        let properties = properties.remove(&row.id).unwrap_or_default();
        parts.templates.push(Template {
            class: row.inner_name,
            owner: row.template_property_id,
            values: values.unwrap_or_default(),
            properties,
        });
    }
    for (item, written) in columns(connection, items).await? {
        if let Some(parts) = parts.get_mut(&item) {
            parts.declare(&written);
        }
    }
    Ok(parts)
}

async fn columns(connection: &impl ConnectionTrait, items: &[i64]) -> Result<Columns, ApiError> {
    let rows = cmatrix_index::Entity::find()
        .filter(among(connection, cmatrix_index::Column::CatalogItemId, items.iter().copied()))
        .filter(cmatrix_index::Column::IsDisabled.eq(false))
        .order_by_asc(cmatrix_index::Column::Id)
        .all(connection)
        .await?;
    let mut columns = Columns::new();
    for row in rows {
        columns.entry(row.catalog_item_id).or_default().push(row);
    }
    Ok(columns)
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
