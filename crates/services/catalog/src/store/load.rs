//! From rows to shapes, and to rendered answers.
//!
//! Whatever the number of items, each round of loading asks the same few questions; there are as many rounds as
//! inheritance and embedded items are deep.

use std::collections::{HashMap, HashSet};

use platform::ApiError;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, prelude::Expr};
use serde_json::Value;
use vocabulary::CodeVersion;

use super::{
    catalog_item, catalog_item_attribute, cmatrix_index, item_template, namespaces_by_id, property_candidate,
    template_property,
};
use crate::rendering::{Attribute, Candidate, Library, Property, Shape, Template, render};

/// The rendered answers of items, in their order. What had to be rendered is kept for the next reader.
pub(crate) async fn responses(
    connection: &impl ConnectionTrait,
    rows: &[catalog_item::Model],
) -> Result<Vec<Value>, ApiError> {
    let cached = |row: &catalog_item::Model| {
        row.response
            .as_deref()
            .and_then(|text| serde_json::from_str::<Value>(text).ok())
            .filter(Value::is_object)
    };
    let missing: Vec<_> = rows.iter().filter(|row| cached(row).is_none()).cloned().collect();
    let mut rendered = HashMap::new();
    if !missing.is_empty() {
        let library = library(connection, &missing).await?;
        for row in &missing {
            let code = CodeVersion::new(row.code, row.version);
            if let Some(shape) = library.get(code) {
                let response = render(shape, &library);
                keep(connection, row.id, &response).await?;
                rendered.insert(row.id, response);
            }
        }
    }
    Ok(rows.iter().filter_map(|row| cached(row).or_else(|| rendered.remove(&row.id))).collect())
}

/// Only the answer changes: reading is no change of the item.
async fn keep(connection: &impl ConnectionTrait, id: i64, response: &Value) -> Result<(), ApiError> {
    catalog_item::Entity::update_many()
        .col_expr(catalog_item::Column::Response, Expr::value(response.to_string()))
        .filter(catalog_item::Column::Id.eq(id))
        .exec(connection)
        .await?;
    Ok(())
}

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
    let rows = catalog_item::Entity::find()
        .filter(catalog_item::Column::Code.is_in(codes.iter().map(|code| code.value.0)))
        .filter(catalog_item::Column::IsDisabled.eq(false))
        .all(connection)
        .await?;
    Ok(rows.into_iter().filter(|row| codes.contains(&CodeVersion::new(row.code, row.version))).collect())
}

async fn shapes(
    connection: &impl ConnectionTrait,
    rows: Vec<catalog_item::Model>,
) -> Result<Vec<(CodeVersion, Shape)>, ApiError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut templates = templates(connection, &ids).await?;
    let mut columns = columns(connection, &ids).await?;
    let tags = catalog_item_attribute::Entity::find()
        .filter(catalog_item_attribute::Column::CatalogItemId.is_in(ids))
        .filter(catalog_item_attribute::Column::IsDisabled.eq(false))
        .order_by_asc(catalog_item_attribute::Column::KeyCode)
        .order_by_asc(catalog_item_attribute::Column::KeyVersion)
        .order_by_asc(catalog_item_attribute::Column::Id)
        .all(connection)
        .await?;
    let ns_ids =
        rows.iter().filter_map(|row| row.ns_id).chain(tags.iter().filter_map(|tag| tag.ns_id)).collect();
    let namespaces = namespaces_by_id(connection, ns_ids).await?;
    let name = |id: Option<i64>| id.and_then(|id| namespaces.get(&id).cloned());
    let mut attributes: HashMap<i64, Vec<Attribute>> = HashMap::new();
    for tag in tags {
        let item = tag.catalog_item_id.unwrap_or_default();
        attributes.entry(item).or_default().push(attribute(tag, &name));
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let code = CodeVersion::new(row.code, row.version);
            let shape = Shape {
                code: Some(code),
                ns: name(row.ns_id).unwrap_or_default(),
                name: row.name,
                inherit: pair(row.inherit_code, row.inherit_version),
                description: row.description.map(|text| parsed(&text)).unwrap_or_default(),
                templates: templates.remove(&row.id).unwrap_or_default(),
                column: columns.remove(&row.id),
                attributes: attributes.remove(&row.id).unwrap_or_default(),
            };
            (code, shape)
        })
        .collect())
}

fn attribute(row: catalog_item_attribute::Model, name: &impl Fn(Option<i64>) -> Option<String>) -> Attribute {
    let value = row.value.map(|text| parsed(&text)).unwrap_or_default();
    if row.kind == 1 {
        let key = row.key_code.zip(row.key_version).map(|(code, version)| CodeVersion::new(code, version));
        Attribute::Object { key, value, description: row.description }
    } else {
        Attribute::Tag { ns: name(row.ns_id), values: value }
    }
}

async fn templates(
    connection: &impl ConnectionTrait,
    items: &[i64],
) -> Result<HashMap<i64, Vec<Template>>, ApiError> {
    let rows = item_template::Entity::find()
        .filter(item_template::Column::CatalogItemId.is_in(items.to_vec()))
        .filter(item_template::Column::IsDisabled.eq(false))
        .order_by_asc(item_template::Column::Id)
        .all(connection)
        .await?;
    let mut properties = properties(connection, rows.iter().map(|row| row.id).collect()).await?;
    let mut templates: HashMap<i64, Vec<Template>> = HashMap::new();
    for row in rows {
        let values = row.template.as_deref().map(parsed).and_then(|value| value.as_array().cloned());
        templates.entry(row.catalog_item_id.unwrap_or_default()).or_default().push(Template {
            class: row.inner_name,
            owner: row.template_property_id,
            values: values.unwrap_or_default(),
            properties: properties.remove(&row.id).unwrap_or_default(),
        });
    }
    Ok(templates)
}

async fn properties(
    connection: &impl ConnectionTrait,
    templates: Vec<i64>,
) -> Result<HashMap<i64, Vec<Property>>, ApiError> {
    let rows = template_property::Entity::find()
        .filter(template_property::Column::ItemTemplateId.is_in(templates))
        .filter(template_property::Column::IsDisabled.eq(false))
        .all(connection)
        .await?;
    let mut candidates = candidates(connection, rows.iter().map(|row| row.id).collect()).await?;
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
        properties.sort_by(|left, right| left.key.as_bytes().cmp(right.key.as_bytes()));
    }
    mark_reserved(connection, &mut properties).await?;
    Ok(properties)
}

/// Whether a column is reserved stands with the item's columns, by index.
async fn mark_reserved(
    connection: &impl ConnectionTrait,
    properties: &mut HashMap<i64, Vec<Property>>,
) -> Result<(), ApiError> {
    let with_column = || properties.values().flatten().filter(|property| property.column.is_some());
    if with_column().next().is_none() {
        return Ok(());
    }
    let templates: Vec<i64> = properties.keys().copied().collect();
    let owners = item_template::Entity::find()
        .filter(item_template::Column::Id.is_in(templates))
        .all(connection)
        .await?;
    let items: HashMap<i64, i64> =
        owners.into_iter().filter_map(|row| Some((row.id, row.catalog_item_id?))).collect();
    let rows = cmatrix_index::Entity::find()
        .filter(cmatrix_index::Column::CatalogItemId.is_in(items.values().copied()))
        .filter(cmatrix_index::Column::IsDisabled.eq(false))
        .filter(cmatrix_index::Column::Reserved.eq(true))
        .all(connection)
        .await?;
    let reserved: HashSet<(i64, String)> =
        rows.into_iter().map(|row| (row.catalog_item_id, row.index_key)).collect();
    for (template, properties) in properties.iter_mut() {
        let Some(item) = items.get(template) else { continue };
        for property in properties {
            let key = property.column.clone().map(|column| (*item, column));
            property.column_reserved = key.is_some_and(|key| reserved.contains(&key));
        }
    }
    Ok(())
}

async fn candidates(
    connection: &impl ConnectionTrait,
    properties: Vec<i64>,
) -> Result<HashMap<i64, Vec<Candidate>>, ApiError> {
    let rows = property_candidate::Entity::find()
        .filter(property_candidate::Column::TemplatePropertyId.is_in(properties))
        .filter(property_candidate::Column::IsDisabled.eq(false))
        .order_by_asc(property_candidate::Column::Id)
        .all(connection)
        .await?;
    let namespaces = namespaces_by_id(connection, rows.iter().filter_map(|row| row.ns_id).collect()).await?;
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

/// The first column index that each item declares.
async fn columns(connection: &impl ConnectionTrait, items: &[i64]) -> Result<HashMap<i64, String>, ApiError> {
    let rows = cmatrix_index::Entity::find()
        .filter(cmatrix_index::Column::CatalogItemId.is_in(items.to_vec()))
        .filter(cmatrix_index::Column::IsDisabled.eq(false))
        .order_by_desc(cmatrix_index::Column::Id)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.catalog_item_id, row.index_key)).collect())
}

fn pair(code: Option<i64>, version: Option<i64>) -> Option<CodeVersion> {
    let (code, version) = code.zip(version)?;
    (code != 0 && version != 0).then(|| CodeVersion::new(code, version))
}

/// Text that may be JSON.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}
