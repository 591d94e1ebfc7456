//! Doing what an approved proposal says.

use std::collections::HashMap;

use platform::{ApiError, Transaction};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::document::ChangeKind;
use crate::{
    api::{
        items::{create_in, delete_in, update_in},
        namespaces,
    },
    codes::Kind,
    refusal::Refusal,
    register::{self, Author, number},
    store::{self, attribute_update_set, catalog_update_set, ns_update_set, update_set},
};

/// Applies namespaces, then items, then attributes, in the order in which they were proposed.
pub(crate) async fn apply(
    tx: &Transaction,
    set: &update_set::Model,
    author: &Author,
) -> Result<(), ApiError> {
    let entries = ns_update_set::Entity::find()
        .filter(ns_update_set::Column::UpdateSetId.eq(set.id))
        .filter(ns_update_set::Column::IsDisabled.eq(false))
        .order_by_asc(ns_update_set::Column::Id)
        .all(tx)
        .await?;
    for entry in entries {
        apply_namespace(tx, entry, author).await?;
    }
    let entries = catalog_update_set::Entity::find()
        .filter(catalog_update_set::Column::UpdateSetId.eq(set.id))
        .filter(catalog_update_set::Column::IsDisabled.eq(false))
        .order_by_asc(catalog_update_set::Column::Id)
        .all(tx)
        .await?;
    let mut given = HashMap::new();
    for entry in entries {
        apply_item(tx, entry, &mut given, author).await?;
    }
    let entries = attribute_update_set::Entity::find()
        .filter(attribute_update_set::Column::UpdateSetId.eq(set.id))
        .filter(attribute_update_set::Column::IsDisabled.eq(false))
        .order_by_asc(attribute_update_set::Column::Id)
        .all(tx)
        .await?;
    for entry in entries {
        apply_attribute(tx, entry, author).await?;
    }
    Ok(())
}

fn kind(number: i16) -> Result<ChangeKind, ApiError> {
    ChangeKind::read(number.into())
        .ok_or_else(|| ApiError::unexpected(format!("unknown kind of change {number}")))
}

fn parsed(text: &str) -> Result<Value, ApiError> {
    serde_json::from_str(text).map_err(ApiError::unexpected)
}

async fn apply_namespace(
    tx: &Transaction,
    entry: ns_update_set::Model,
    author: &Author,
) -> Result<(), ApiError> {
    let template = parsed(&entry.template)?;
    let name = template["ns"].as_str().unwrap_or_default();
    let id = entry.ns_id.unwrap_or_default();
    match kind(entry.kind)? {
        ChangeKind::Add => {
            if store::namespace(tx, name).await?.is_some() {
                return Err(Refusal::NamespaceExistsInSet.into());
            }
            let part = Kind::of_namespace(name);
            let row = namespaces::insert(tx, part, name, &template["description"], author).await?;
            let mut entry: ns_update_set::ActiveModel = entry.into();
            entry.ns_id = Set(Some(row.id));
            entry.updated_by = Set(author.login_id.clone());
            entry.updated_at = Set(author.now);
            entry.update(tx).await?;
            Ok(())
        }
        ChangeKind::Update => {
            namespaces::change(tx, Kind::of_namespace(name), id, name, &template["description"], author).await
        }
        ChangeKind::Delete => namespaces::disable(tx, id, author).await,
    }
}

/// `given`: temporary negative codes of the proposal and the real ones they became.
async fn apply_item(
    tx: &Transaction,
    entry: catalog_update_set::Model,
    given: &mut HashMap<i64, i64>,
    author: &Author,
) -> Result<(), ApiError> {
    let mut document = parsed(&entry.template)?;
    let part = Kind::of_namespace(document["catalogItem"]["ns"].as_str().unwrap_or_default());
    let code = entry.catalog_item_code.unwrap_or_default();
    let row = match kind(entry.kind)? {
        ChangeKind::Delete => return delete_in(tx, code, author).await,
        ChangeKind::Update => {
            let known = store::all_versions(tx, code, false).await?;
            if known.is_empty() {
                return Err(Refusal::NoSuchItem.into());
            }
            update_in(tx, part, code, &document, false, author).await?
        }
        ChangeKind::Add => {
            let head = &mut document["catalogItem"];
            let temporary = number(&head["_code"]["_value"]).filter(|code| *code < 0);
            if temporary.is_some() {
                head["_code"] = Value::Null;
            }
            if let Some(parent) = number(&head["inherit"]["_value"]).filter(|code| *code < 0) {
                let parent = given.get(&parent).copied().ok_or(Refusal::LinkedCode(parent))?;
                head["inherit"]["_value"] = json!(parent);
            }
            let row = create_in(tx, part, &document, author).await?;
            given.extend(temporary.map(|temporary| (temporary, row.code)));
            row
        }
    };
    document["catalogItem"]["_code"] = json!({"_value": row.code, "_ver": row.version});
    let mut entry: catalog_update_set::ActiveModel = entry.into();
    entry.catalog_item_id = Set(Some(row.id));
    entry.catalog_item_code = Set(Some(row.code));
    entry.template = Set(document.to_string());
    entry.updated_by = Set(author.login_id.clone());
    entry.updated_at = Set(author.now);
    entry.update(tx).await?;
    Ok(())
}

/// Only the attributes change, and what was rendered of the item.
async fn apply_attribute(
    tx: &Transaction,
    entry: attribute_update_set::Model,
    author: &Author,
) -> Result<(), ApiError> {
    let code = entry.catalog_code.unwrap_or_default();
    let row = store::versions(tx, &[(code, None)]).await?.pop().ok_or(Refusal::NoSuchItem)?;
    let attribute = match kind(entry.kind)? {
        ChangeKind::Delete => Value::Null,
        _ => parsed(&entry.attribute)?,
    };
    register::write_attributes(tx, row.id, &attribute, author).await?;
    let mut row: store::catalog_item::ActiveModel = row.into();
    row.response = Set(None);
    row.update(tx).await?;
    Ok(())
}
