//! Writing one version of an item, with its properties, classes and attributes (spec: catalog 4.7.1).

use platform::{ApiError, Author, Transaction, new_row, update_rows};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, QueryFilter,
};
use serde_json::Value;
use vocabulary::CodeVersion;

use super::{attributes::write_attributes, description, number, properties};
use crate::{
    refusal::Refusal,
    store::{self, catalog_item, item_template, ns},
};

/// An item as it is sent, its code decided.
#[derive(Clone, Debug)]
pub(super) struct Registration<'a> {
    pub(super) code: CodeVersion,
    pub(super) ns: ns::Model,
    pub(super) document: &'a Value,
}

/// Writes the version; `overwrite` replaces what the newest version says instead of adding one.
pub(super) async fn register(
    tx: &Transaction,
    registration: &Registration<'_>,
    overwrite: bool,
    author: &Author,
) -> Result<catalog_item::Model, ApiError> {
    let head = &registration.document["catalogItem"];
    let inherit = inherit(tx, &head["inherit"], author).await?;
    refuse_circle(tx, registration.code, inherit).await?;
    let mut columns = head_columns(head, &registration.ns, inherit, author);
    let row = match at(tx, registration.code).await? {
        Some(row) if row.is_reserved || overwrite => {
            columns.id = Set(row.id);
            columns.update(tx).await?
        }
        Some(_) => return Err(Refusal::CodeExists.into()),
        None => {
            columns.code = Set(registration.code.value.0);
            columns.version = Set(registration.code.ver.0);
            columns.is_disabled = Set(false);
            columns.created_by = Set(author.login_id.clone());
            columns.created_at = Set(author.now);
            columns.insert(tx).await.map_err(unique_to(Refusal::CodeExists))?
        }
    };
    let is_of_item = item_template::Column::CatalogItemId.eq(row.id);
    let is_there = item_template::Column::IsDisabled.eq(false);
    update_rows!(tx, author, item_template, { IsDisabled: true }, is_of_item, is_there)?;
    write_template(tx, &row, registration.document, author).await?;
    write_attributes(tx, &row, &registration.document["attribute"], author).await?;
    store::forget_dependants(tx, [registration.code]).await?;
    store::note_changes(tx, [row.code]).await?;
    Ok(row)
}

async fn at(tx: &Transaction, code: CodeVersion) -> Result<Option<catalog_item::Model>, ApiError> {
    let row = catalog_item::Entity::find()
        .filter(catalog_item::Column::Code.eq(code.value.0))
        .filter(catalog_item::Column::Version.eq(code.ver.0))
        .filter(catalog_item::Column::IsDisabled.eq(false))
        .one(tx)
        .await?;
    Ok(row)
}

/// A broken unique key as the refusal that it means.
fn unique_to(refusal: Refusal) -> impl FnOnce(sea_orm::DbErr) -> ApiError {
    move |error| match error.sql_err() {
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => refusal.into(),
        _ => error.into(),
    }
}

fn head_columns(
    head: &Value,
    ns: &ns::Model,
    inherit: Option<CodeVersion>,
    author: &Author,
) -> catalog_item::ActiveModel {
    let name = head.get("name").filter(|name| !name.is_null());
    catalog_item::ActiveModel {
        id: NotSet,
        ns_id: Set(Some(ns.id)),
        name: Set(name.map(|name| name.as_str().map_or_else(|| name.to_string(), str::to_owned))),
        description: Set(description(&head["description"])),
        inherit_code: Set(inherit.map(|code| code.value.0)),
        inherit_version: Set(inherit.map(|code| code.ver.0)),
        is_reserved: Set(false),
        response: Set(None),
        updated_by: Set(author.login_id.clone()),
        updated_at: Set(author.now),
        ..Default::default()
    }
}

/// The parent with its version: the newest where none is given, and reserved where it is not known yet.
async fn inherit(tx: &Transaction, value: &Value, author: &Author) -> Result<Option<CodeVersion>, ApiError> {
    let Some(code) = number(&value["_value"]) else { return Ok(None) };
    let version = match number(&value["_ver"]) {
        Some(version) => version,
        None => store::latest_version(tx, code).await?.unwrap_or(1),
    };
    reserve(tx, code, Some(version), author).await?;
    Ok(Some(CodeVersion::new(code, version)))
}

/// An item that inherits from itself, over however many steps, could never be read.
async fn refuse_circle(
    tx: &Transaction,
    own: CodeVersion,
    parent: Option<CodeVersion>,
) -> Result<(), ApiError> {
    let mut seen = vec![own];
    let mut next = parent;
    while let Some(code) = next {
        if seen.contains(&code) {
            return Err(Refusal::Circle.into());
        }
        seen.push(code);
        next = at(tx, code).await?.and_then(|row| {
            Some(CodeVersion::new(row.inherit_code.filter(|code| *code != 0)?, row.inherit_version?))
        });
    }
    Ok(())
}

/// A placeholder for a code that is referred to before it is registered; gives the row's id.
pub(super) async fn reserve(
    tx: &Transaction,
    code: i64,
    version: Option<i64>,
    author: &Author,
) -> Result<i64, ApiError> {
    let mut known = catalog_item::Entity::find()
        .filter(catalog_item::Column::Code.eq(code))
        .filter(catalog_item::Column::IsDisabled.eq(false));
    if let Some(version) = version {
        known = known.filter(catalog_item::Column::Version.eq(version));
    }
    if let Some(row) = known.one(tx).await? {
        return Ok(row.id);
    }
    let row = new_row!(author, catalog_item { code: code, version: version.unwrap_or(1), is_reserved: true });
    // Only a deleted item can be in the way.
    Ok(row.insert(tx).await.map_err(unique_to(Refusal::LinkedCode(code)))?.id)
}

async fn write_template(
    tx: &Transaction,
    row: &catalog_item::Model,
    document: &Value,
    author: &Author,
) -> Result<(), ApiError> {
    let template = &document["template"];
    if template.is_null() {
        return Ok(());
    }
    let own = new_row!(
        author,
        item_template {
            catalog_item_id: Some(row.id),
            template: json_text(&template["value"]),
            inner_inherit_code: row.inherit_code,
            inner_inherit_version: row.inherit_version,
        }
    );
    let own = own.insert(tx).await?;
    properties::write(tx, row.id, own.id, &template["prop"], &document["inner"], author).await
}

pub(super) fn json_text(value: &Value) -> Option<String> {
    (!value.is_null()).then(|| value.to_string())
}
