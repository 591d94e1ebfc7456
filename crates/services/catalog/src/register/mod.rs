//! Writing items: creating, changing, deleting them (spec: catalog 4.7).
//!
//! Everything here runs in a transaction of [`crate::store::writing`], which has the catalog for itself.

mod attributes;
mod candidates;
mod document;
mod properties;
mod version;

use platform::{ApiError, Author, Transaction, update_rows};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait};
use serde_json::Value;
use vocabulary::CodeVersion;

use crate::{
    codes,
    codes::Kind,
    refusal::Refusal,
    store::{self, catalog_item},
};

use attributes::write_attributes;
pub(crate) use document::{check_document, description, number};
use version::{Registration, register};

/// Writes a new version 1 (or the version given) of an item, under the code given or the next free one.
pub(crate) async fn create(
    tx: &Transaction,
    kind: Kind,
    document: &Value,
    author: &Author,
) -> Result<catalog_item::Model, ApiError> {
    let head = &document["catalogItem"];
    let ns = namespace(tx, head, kind).await?;
    let code = match number(&head["_code"]["_value"]) {
        Some(code) => {
            codes::check_range(tx, kind, code).await?;
            code
        }
        None => codes::next(tx, kind).await?,
    };
    let version = number(&head["_code"]["_ver"]).unwrap_or(1);
    let rows = store::all_versions(tx, code, true).await?;
    // A deleted one stays taken.
    if rows.iter().any(|row| row.version == version && (row.is_disabled || !row.is_reserved)) {
        return Err(Refusal::CodeExists.into());
    }
    let registration = Registration { code: CodeVersion::new(code, version), ns, document };
    register(tx, &registration, false, author).await
}

/// Writes the next version of an item that is registered, or overwrites its newest one.
pub(crate) async fn update(
    tx: &Transaction,
    kind: Kind,
    code: i64,
    document: &Value,
    overwrite: bool,
    author: &Author,
) -> Result<catalog_item::Model, ApiError> {
    let ns = namespace(tx, &document["catalogItem"], kind).await?;
    let (rows, deleted): (Vec<_>, Vec<_>) =
        store::all_versions(tx, code, true).await?.into_iter().partition(|row| !row.is_disabled);
    if rows.is_empty() {
        return Err(Refusal::NoSuchItem.into());
    }
    let newest = rows.iter().filter(|row| !row.is_reserved).map(|row| row.version).max();
    let version = match (newest, overwrite) {
        (Some(newest), true) => newest,
        // Only a placeholder: there is nothing to overwrite.
        (None, true) => return Err(Refusal::NoSuchItem.into()),
        (newest, false) => {
            let mut version = newest.unwrap_or(0) + 1;
            // Older programs deleted single versions; those stay taken.
            while deleted.iter().any(|row| row.version == version) {
                version += 1;
            }
            version
        }
    };
    let registration = Registration { code: CodeVersion::new(code, version), ns, document };
    register(tx, &registration, overwrite, author).await
}

/// Deletes all versions of an item. What refers to it stays, and shows it no longer.
pub(crate) async fn delete(tx: &Transaction, code: i64, author: &Author) -> Result<(), ApiError> {
    let rows = store::all_versions(tx, code, false).await?;
    if rows.is_empty() {
        return Err(Refusal::NoSuchItem.into());
    }
    let is_of_code = catalog_item::Column::Code.eq(code);
    let is_there = catalog_item::Column::IsDisabled.eq(false);
    update_rows!(tx, author, catalog_item, { IsDisabled: true }, is_of_code, is_there)?;
    store::note_changes(tx, [code]).await?;
    store::forget_dependants(tx, rows.iter().map(|row| CodeVersion::new(code, row.version))).await
}

/// Replaces the attributes of the newest version; everything else of it stays (spec: catalog 4.9).
pub(crate) async fn replace_attributes(
    tx: &Transaction,
    row: catalog_item::Model,
    attribute: &Value,
    author: &Author,
) -> Result<catalog_item::Model, ApiError> {
    write_attributes(tx, &row, attribute, author).await?;
    store::note_changes(tx, [row.code]).await?;
    let mut row: catalog_item::ActiveModel = row.into();
    row.response = Set(None);
    row.updated_by = Set(author.login_id.clone());
    row.updated_at = Set(author.now);
    Ok(row.update(tx).await?)
}

/// The namespace that a document names, which must be of the kind.
async fn namespace(tx: &Transaction, head: &Value, kind: Kind) -> Result<store::ns::Model, ApiError> {
    let found = store::namespace(tx, head["ns"].as_str().unwrap_or_default()).await?;
    let found = found.filter(|ns| ns.kind.as_deref() == Some(kind.as_str()));
    Ok(found.ok_or(Refusal::NoSuchNamespace)?)
}
