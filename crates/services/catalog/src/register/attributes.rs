//! Writing attributes: objects and tags (spec: catalog 4.7.1, 4.9).

use platform::{ApiError, Author, Transaction, new_row, update_rows};
use sea_orm::{ActiveModelTrait, ColumnTrait};
use serde_json::Value;

use super::{description, number, version::json_text};
use crate::store::{self, catalog_item, catalog_item_attribute};

/// Replaces the objects and tags attached to a version.
pub(super) async fn write_attributes(
    tx: &Transaction,
    item: &catalog_item::Model,
    attribute: &Value,
    author: &Author,
) -> Result<(), ApiError> {
    let is_of_item = catalog_item_attribute::Column::CatalogItemId.eq(item.id);
    let is_there = catalog_item_attribute::Column::IsDisabled.eq(false);
    update_rows!(tx, author, catalog_item_attribute, { IsDisabled: true }, is_of_item, is_there)?;
    for object in attribute["objects"].as_array().into_iter().flatten() {
        let row = new_row!(
            author,
            catalog_item_attribute {
                catalog_item_id: Some(item.id),
                catalog_code: Some(item.code),
                kind: catalog_item_attribute::OBJECT,
                key_code: number(&object["key"]["_value"]),
                key_version: number(&object["key"]["_ver"]),
                value: json_text(&object["value"]),
                description: description(&object["description"]),
            }
        );
        row.insert(tx).await?;
    }
    for tag in attribute["tags"].as_array().into_iter().flatten() {
        write_tag(tx, item, tag, author).await?;
    }
    Ok(())
}

/// A tag in a namespace that nobody knows is kept without it.
async fn write_tag(
    tx: &Transaction,
    item: &catalog_item::Model,
    tag: &Value,
    author: &Author,
) -> Result<(), ApiError> {
    let ns = store::namespace(tx, tag["ns"].as_str().unwrap_or_default()).await?;
    let row = new_row!(
        author,
        catalog_item_attribute {
            catalog_item_id: Some(item.id),
            catalog_code: Some(item.code),
            kind: catalog_item_attribute::TAG,
            ns_id: ns.map(|ns| ns.id),
            value: json_text(&tag["values"]),
        }
    );
    row.insert(tx).await?;
    Ok(())
}
