//! Rendered answers, kept with the items.
//!
//! `catalog_item.response` holds the rendered item in the order in which it was made; readers get it
//! [arranged](crate::rendering::arranged). Whoever changes something that an answer shows sets it to null (see [`super::dependants`]).

use std::collections::HashMap;

use platform::{ApiError, Store, Transaction};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::Value;
use vocabulary::CodeVersion;

use super::{catalog_item, library, lock::keeping, rows_of};
use crate::rendering::render;

/// The answers of these items, in their order. What is rendered is kept for the next reader.
pub(crate) async fn responses(store: &Store, rows: &[catalog_item::Model]) -> Result<Vec<Value>, ApiError> {
    if let Some(kept) = rows.iter().map(kept).collect() {
        return Ok(kept);
    }
    let tx = keeping(store).await?;
    // The rows may have changed since they were read.
    let mut fresh: HashMap<_, _> =
        rows_of(&tx, rows.iter().map(|row| row.id)).await?.into_iter().map(|row| (row.id, row)).collect();
    let rows: Vec<_> = rows.iter().filter_map(|row| fresh.remove(&row.id)).collect();
    let answers = responses_inside(&tx, &rows).await?;
    tx.commit().await?;
    Ok(answers)
}

/// The same in a transaction that has the catalog for itself.
pub(crate) async fn responses_inside(
    tx: &Transaction,
    rows: &[catalog_item::Model],
) -> Result<Vec<Value>, ApiError> {
    let missing: Vec<_> = rows.iter().filter(|row| kept(row).is_none()).cloned().collect();
    let mut rendered = HashMap::new();
    if !missing.is_empty() {
        let library = library(tx, &missing).await?;
        for row in &missing {
            if let Some(shape) = library.get(CodeVersion::new(row.code, row.version)) {
                let response = render(shape, &library);
                keep(tx, row.id, &response).await?;
                rendered.insert(row.id, response);
            }
        }
    }
    Ok(rows.iter().filter_map(|row| kept(row).or_else(|| rendered.remove(&row.id))).collect())
}

/// Renders an item that was just written; what cannot be shown cannot be written.
pub(crate) async fn render_now(tx: &Transaction, row: &catalog_item::Model) -> Result<Value, ApiError> {
    let library = library(tx, std::slice::from_ref(row)).await?;
    let shape = library.get(CodeVersion::new(row.code, row.version)).ok_or_else(|| {
        ApiError::unexpected(format!(
            "catalog_item {} (code {}), just written, is not there",
            row.id, row.code
        ))
    })?;
    let response = render(shape, &library);
    keep(tx, row.id, &response).await?;
    Ok(response)
}

fn kept(row: &catalog_item::Model) -> Option<Value> {
    let response: Value = serde_json::from_str(row.response.as_deref()?).ok()?;
    response.is_object().then_some(response)
}

/// Only the answer changes: reading is no change of the item.
async fn keep(tx: &Transaction, id: i64, response: &Value) -> Result<(), ApiError> {
    catalog_item::Entity::update_many()
        .col_expr(catalog_item::Column::Response, Expr::value(response.to_string()))
        .filter(catalog_item::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}
