//! Writing one version of an item, with its properties, classes and attributes (spec: catalog 4.7.1).

mod properties;

use platform::{ApiError, Transaction, new_row};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::Expr,
};
use serde_json::{Map, Value};
use vocabulary::{CodeVersion, Instant};

use crate::{
    Catalog,
    refusal::Refusal,
    store::{self, catalog_item, catalog_item_attribute, item_template, ns},
};

/// Who writes, and when.
#[derive(Clone, Debug)]
pub(crate) struct Author {
    pub(crate) login_id: String,
    pub(crate) now: chrono::NaiveDateTime,
    pub(crate) ext_name: String,
}

impl Author {
    pub(crate) fn new(service: &Catalog, login_id: &str, ext_name: &str) -> Self {
        let now: Instant = service.ground.clock.now();
        Self {
            login_id: login_id.to_owned(),
            now: service.ground.store.column(now),
            ext_name: ext_name.to_owned(),
        }
    }
}

/// An item as it is sent (spec: catalog-data-model 2), its code decided.
#[derive(Clone, Debug)]
pub(crate) struct Registration<'a> {
    pub(crate) code: CodeVersion,
    pub(crate) ns: ns::Model,
    pub(crate) document: &'a Value,
}

/// A whole number, also as text; 0 and the empty text count as absent.
pub(crate) fn number(value: &Value) -> Option<i64> {
    let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())?;
    (number != 0).then_some(number)
}

/// Writes the version; `overwrite` replaces what the newest version says instead of adding one.
pub(crate) async fn register(
    tx: &Transaction,
    registration: &Registration<'_>,
    overwrite: bool,
    author: &Author,
) -> Result<catalog_item::Model, ApiError> {
    let head = &registration.document["catalogItem"];
    let inherit = inherit(tx, &head["inherit"], author).await?;
    refuse_circle(tx, registration.code, inherit).await?;
    let existing = catalog_item::Entity::find()
        .filter(catalog_item::Column::Code.eq(registration.code.value.0))
        .filter(catalog_item::Column::Version.eq(registration.code.ver.0))
        .filter(catalog_item::Column::IsDisabled.eq(false))
        .one(tx)
        .await?;
    let row = match existing {
        Some(row) if row.is_reserved || overwrite => {
            store::forget_responses(tx).await?;
            let id = row.id;
            let mut active = head_columns(head, &registration.ns, inherit, author);
            active.id = Set(id);
            active.update(tx).await?
        }
        Some(_) => return Err(Refusal::CodeExists.into()),
        None => {
            let mut active = head_columns(head, &registration.ns, inherit, author);
            active.code = Set(registration.code.value.0);
            active.version = Set(registration.code.ver.0);
            active.created_by = Set(author.login_id.clone());
            active.created_at = Set(author.now);
            active.is_disabled = Set(false);
            active.insert(tx).await.map_err(unique_to(Refusal::CodeExists))?
        }
    };
    disable_templates(tx, row.id, author).await?;
    write_template(tx, &row, registration.document, author).await?;
    write_attributes(tx, row.id, &registration.document["attribute"], author).await?;
    Ok(row)
}

/// A broken unique key as the refusal that it means.
pub(crate) fn unique_to(refusal: Refusal) -> impl FnOnce(sea_orm::DbErr) -> ApiError {
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

/// How a description is stored: text as it is, an object as JSON, a list of `{key, value}` folded into one.
pub(crate) fn description(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(entries) => Some(folded(entries, true).to_string()),
        other => Some(other.to_string()),
    }
}

/// At the top a repeated key becomes an array, below the last one wins (spec: catalog-data-model 2.3).
fn folded(entries: &[Value], top: bool) -> Value {
    let mut object: Map<String, Value> = Map::new();
    for entry in entries {
        let Some(key) = entry["key"].as_str() else { continue };
        let value = match &entry["value"] {
            Value::Array(inner) if inner.iter().all(|entry| entry.get("key").is_some()) => {
                folded(inner, false)
            }
            other => other.clone(),
        };
        match object.get_mut(key) {
            Some(Value::Array(several)) if top => several.push(value),
            Some(one) if top => *one = Value::Array(vec![one.take(), value]),
            _ => drop(object.insert(key.to_owned(), value)),
        }
    }
    Value::Object(object)
}

/// The parent with its version: the newest where none is given, and reserved where it is not known yet.
async fn inherit(tx: &Transaction, value: &Value, author: &Author) -> Result<Option<CodeVersion>, ApiError> {
    let Some(code) = number(&value["_value"]) else { return Ok(None) };
    let version = match number(&value["_ver"]) {
        Some(version) => version,
        None => store::latest_version(tx, code).await?.unwrap_or(1),
    };
    let parent = CodeVersion::new(code, version);
    reserve(tx, code, Some(version), author).await?;
    Ok(Some(parent))
}

/// An item that inherits from itself, over however many steps, could never be read.
async fn refuse_circle(
    tx: &Transaction,
    own: CodeVersion,
    parent: Option<CodeVersion>,
) -> Result<(), ApiError> {
    let mut next = parent;
    let mut steps = 0;
    while let Some(code) = next {
        steps += 1;
        if code == own || steps > 100 {
            return Err(Refusal::Circle.into());
        }
        let row = catalog_item::Entity::find()
            .filter(catalog_item::Column::Code.eq(code.value.0))
            .filter(catalog_item::Column::Version.eq(code.ver.0))
            .filter(catalog_item::Column::IsDisabled.eq(false))
            .one(tx)
            .await?;
        next = row.and_then(|row| {
            Some(CodeVersion::new(row.inherit_code.filter(|code| *code != 0)?, row.inherit_version?))
        });
    }
    Ok(())
}

/// A placeholder for a code that is referred to before it is registered; gives the row's id.
pub(crate) async fn reserve(
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
    Ok(row.insert(tx).await.map_err(unique_to(Refusal::CodeExists))?.id)
}

async fn disable_templates(tx: &Transaction, item: i64, author: &Author) -> Result<(), ApiError> {
    item_template::Entity::update_many()
        .col_expr(item_template::Column::IsDisabled, Expr::value(true))
        .col_expr(item_template::Column::UpdatedBy, Expr::value(author.login_id.clone()))
        .col_expr(item_template::Column::UpdatedAt, Expr::value(author.now))
        .filter(item_template::Column::CatalogItemId.eq(item))
        .filter(item_template::Column::IsDisabled.eq(false))
        .exec(tx)
        .await?;
    Ok(())
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
            template: Some(&template["value"]).filter(|value| !value.is_null()).map(ToString::to_string),
            inner_inherit_code: row.inherit_code,
            inner_inherit_version: row.inherit_version,
        }
    );
    let own = own.insert(tx).await?;
    properties::write(tx, row.id, own.id, &template["prop"], &document["inner"], author).await
}

/// Replaces the tags and objects attached to a version.
pub(crate) async fn write_attributes(
    tx: &Transaction,
    item: i64,
    attribute: &Value,
    author: &Author,
) -> Result<(), ApiError> {
    catalog_item_attribute::Entity::update_many()
        .col_expr(catalog_item_attribute::Column::IsDisabled, Expr::value(true))
        .col_expr(catalog_item_attribute::Column::UpdatedBy, Expr::value(author.login_id.clone()))
        .col_expr(catalog_item_attribute::Column::UpdatedAt, Expr::value(author.now))
        .filter(catalog_item_attribute::Column::CatalogItemId.eq(item))
        .filter(catalog_item_attribute::Column::IsDisabled.eq(false))
        .exec(tx)
        .await?;
    let new =
        |kind: i16| new_row!(author, catalog_item_attribute { catalog_item_id: Some(item), kind: kind });
    for object in attribute["objects"].as_array().into_iter().flatten() {
        let mut row = new(1);
        row.key_code = Set(number(&object["key"]["_value"]));
        row.key_version = Set(number(&object["key"]["_ver"]));
        row.value = Set(Some(&object["value"]).filter(|value| !value.is_null()).map(ToString::to_string));
        row.description = Set(description(&object["description"]));
        row.insert(tx).await?;
    }
    for tag in attribute["tags"].as_array().into_iter().flatten() {
        let ns = store::namespace(tx, tag["ns"].as_str().unwrap_or_default()).await?;
        let mut row = new(2);
        row.ns_id = Set(ns.map(|ns| ns.id));
        row.value = Set(Some(&tag["values"]).filter(|value| !value.is_null()).map(ToString::to_string));
        row.insert(tx).await?;
    }
    Ok(())
}
