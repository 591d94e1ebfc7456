//! Items: reading and writing (spec: catalog 4.4, 4.7).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Input, Member, Reason,
    fields::{boolean, number, text},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};
use vocabulary::CodeVersion;

use super::Whole;
use crate::{
    Catalog, codes,
    codes::Kind,
    refusal::Refusal,
    register::{self, Author, Registration},
    store::{self, catalog_item},
};

#[derive(Debug)]
pub(crate) struct Namespace(String);

impl Input for Namespace {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let ns = fields.required("ns", text);
        fields.build(|| ns.map(Self))
    }
}

#[derive(Debug)]
pub(crate) struct Code(i64);

impl Input for Code {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let code = fields.required("code", number);
        fields.build(|| code.map(Self))
    }
}

#[derive(Debug)]
pub(crate) struct AtVersion {
    code: i64,
    /// None: the newest.
    version: Option<i64>,
    deleted_too: bool,
}

impl Input for AtVersion {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let code = fields.required("code", number);
        let version = fields.required("version", number);
        let deleted_too = fields.optional("includeDeleted", boolean).unwrap_or(false);
        fields.build(|| {
            Some(Self { code: code?, version: version.map(|v| (v != 0).then_some(v))?, deleted_too })
        })
    }
}

/// Codes with or without versions.
#[derive(Debug)]
pub(crate) struct Codes(Vec<(i64, Option<i64>)>);

impl Input for Codes {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let refused = |value: &Value| {
            let message = "_code の配列を指定してください".into();
            ApiError::Fields(vec![Reason { property: "_code".to_owned(), value: value.clone(), message }])
        };
        let elements = incoming.body().as_array().ok_or_else(|| refused(&Value::Null))?;
        let mut codes = Vec::with_capacity(elements.len());
        for element in elements {
            let code =
                element.get("_code").filter(|code| code.is_object()).ok_or_else(|| refused(element))?;
            if let Some(value) = register::number(&code["_value"]) {
                codes.push((value, register::number(&code["_ver"])));
            }
        }
        Ok(Self(codes))
    }
}

#[derive(Debug)]
pub(crate) struct History {
    code: i64,
    min: i64,
    max: Option<i64>,
}

impl Input for History {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let at_least_one = |value| {
            let number = number(value)?;
            if (1..=9_007_199_254_740_991).contains(&number) {
                Ok(number)
            } else {
                Err("1以上の数値ではありません".into())
            }
        };
        let code = fields.required("code", at_least_one);
        let min = fields.required("min", at_least_one);
        let max = fields.optional("max", at_least_one);
        if let (Some(min), Some(max)) = (min, max)
            && max < min
        {
            fields.refuse("max", "min以上を指定してください");
        }
        fields.build(|| Some(Self { code: code?, min: min?, max }))
    }
}

/// The newest versions of the items directly in a namespace. **Any operator.**
pub(crate) async fn in_namespace(
    State(service): State<Catalog>,
    call: Call<AnyOperator, Namespace>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let connection = service.ground.store.read();
    store::activated(connection).await?;
    let rows = store::in_namespace(connection, &call.input.0).await?;
    found(store::responses(connection, &rows).await?).map(Json)
}

/// The newest version of an item. **Any operator.**
pub(crate) async fn newest(
    State(service): State<Catalog>,
    call: Call<AnyOperator, Code>,
) -> Result<Json<Value>, ApiError> {
    let connection = service.ground.store.read();
    store::activated(connection).await?;
    one(&service, &[(call.input.0, None)]).await
}

/// An item at a version. **Any operator.**
pub(crate) async fn at_version(
    State(service): State<Catalog>,
    call: Call<AnyOperator, AtVersion>,
) -> Result<Json<Value>, ApiError> {
    let connection = service.ground.store.read();
    store::activated(connection).await?;
    let AtVersion { code, version, deleted_too } = call.input;
    if !deleted_too {
        return one(&service, &[(code, version)]).await;
    }
    let rows = store::all_versions(connection, code, true).await?;
    let mut rows = rows.into_iter().filter(|row| !row.is_reserved);
    let rows: Vec<_> = match version {
        Some(version) => rows.filter(|row| row.version == version).collect(),
        None => rows.next_back().into_iter().collect(),
    };
    let mut items = found(store::responses(connection, &rows).await?)?;
    Ok(Json(items.swap_remove(0)))
}

async fn one(service: &Catalog, wanted: &[(i64, Option<i64>)]) -> Result<Json<Value>, ApiError> {
    let connection = service.ground.store.read();
    let rows = store::versions(connection, wanted).await?;
    let mut items = found(store::responses(connection, &rows).await?)?;
    Ok(Json(items.swap_remove(0)))
}

/// Several items at once; unknown ones are left out. **Any operator.**
pub(crate) async fn by_codes(
    State(service): State<Catalog>,
    call: Call<AnyOperator, Codes>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let connection = service.ground.store.read();
    store::activated(connection).await?;
    let rows = store::versions(connection, &call.input.0).await?;
    found(store::responses(connection, &rows).await?).map(Json)
}

/// All versions of an item within bounds. **Any operator.**
pub(crate) async fn history(
    State(service): State<Catalog>,
    call: Call<AnyOperator, History>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let connection = service.ground.store.read();
    let History { code, min, max } = call.input;
    let rows = store::all_versions(connection, code, false).await?;
    let inside = |row: &catalog_item::Model| row.version >= min && max.is_none_or(|max| row.version <= max);
    let rows: Vec<_> = rows.into_iter().filter(|row| !row.is_reserved).filter(inside).collect();
    found(store::responses(connection, &rows).await?).map(Json)
}

fn found(items: Vec<Value>) -> Result<Vec<Value>, ApiError> {
    if items.is_empty() { Err(Refusal::ItemNotFound.into()) } else { Ok(items) }
}

/// Creates an item, with the given code or the next free one. **Members.**
pub(crate) async fn create(
    kind: Kind,
    State(service): State<Catalog>,
    call: Call<Member, Whole>,
) -> Result<Json<Value>, ApiError> {
    let document = item_document(call.input.0)?;
    let tx = service.ground.store.write().await?;
    let catalog = store::activated(&tx).await?;
    codes::lock(&tx).await?;
    let author = Author::new(&service, &call.who.0.login_id, &catalog.ext_name);
    let row = create_in(&tx, kind, &document, &author).await?;
    let answer = rendered(&tx, &row).await?;
    tx.commit().await?;
    Ok(Json(answer))
}

/// Writes a new version 1 (or the version given) of an item.
pub(crate) async fn create_in(
    tx: &platform::Transaction,
    kind: Kind,
    document: &Value,
    author: &Author,
) -> Result<catalog_item::Model, ApiError> {
    let head = &document["catalogItem"];
    let ns = namespace(tx, head, kind).await?;
    let code = match register::number(&head["_code"]["_value"]) {
        Some(code) => {
            codes::check_range(tx, kind, code).await?;
            code
        }
        None => codes::next(tx, kind).await?,
    };
    let version = register::number(&head["_code"]["_ver"]).unwrap_or(1);
    let taken = store::all_versions(tx, code, true).await?;
    if taken.iter().any(|row| row.version == version && (row.is_disabled || !row.is_reserved)) {
        return Err(Refusal::CodeExists.into());
    }
    let registration = Registration { code: CodeVersion::new(code, version), ns, document };
    register::register(tx, &registration, false, author).await
}

/// Adds a version to an item, or overwrites its newest one. **Members.**
pub(crate) async fn update(
    kind: Kind,
    State(service): State<Catalog>,
    call: Call<Member, (Code, Whole)>,
) -> Result<Json<Value>, ApiError> {
    let overwrite =
        call.incoming.query("versionUpFlag").is_some_and(|flag| !flag.eq_ignore_ascii_case("true"));
    let (Code(code), Whole(document)) = call.input;
    let document = item_document(document)?;
    let tx = service.ground.store.write().await?;
    let catalog = store::activated(&tx).await?;
    codes::lock(&tx).await?;
    let author = Author::new(&service, &call.who.0.login_id, &catalog.ext_name);
    let row = update_in(&tx, kind, code, &document, overwrite, &author).await?;
    let answer = rendered(&tx, &row).await?;
    tx.commit().await?;
    Ok(Json(answer))
}

/// Writes the next version of an item that is registered, or overwrites its newest one.
pub(crate) async fn update_in(
    tx: &platform::Transaction,
    kind: Kind,
    code: i64,
    document: &Value,
    overwrite: bool,
    author: &Author,
) -> Result<catalog_item::Model, ApiError> {
    let ns = namespace(tx, &document["catalogItem"], kind).await?;
    let rows = store::all_versions(tx, code, false).await?;
    if rows.is_empty() {
        return Err(Refusal::NoSuchItem.into());
    }
    let newest = rows.iter().filter(|row| !row.is_reserved).map(|row| row.version).max();
    let version = match (newest, overwrite) {
        (Some(newest), true) => newest,
        // Only a placeholder: there is nothing to overwrite.
        (None, true) => return Err(Refusal::NoSuchItem.into()),
        (newest, false) => newest.unwrap_or(0) + 1,
    };
    let registration = Registration { code: CodeVersion::new(code, version), ns, document };
    register::register(tx, &registration, overwrite, author).await
}

/// Deletes all versions of an item. **Members.**
pub(crate) async fn delete(
    State(service): State<Catalog>,
    call: Call<Member, Code>,
) -> Result<Json<Value>, ApiError> {
    let author = Author::new(&service, &call.who.0.login_id, "");
    let tx = service.ground.store.write().await?;
    store::activated(&tx).await?;
    delete_in(&tx, call.input.0, &author).await?;
    tx.commit().await?;
    Ok(Json(json!({"code": call.input.0})))
}

pub(crate) async fn delete_in(
    tx: &platform::Transaction,
    code: i64,
    author: &Author,
) -> Result<(), ApiError> {
    let deleted = catalog_item::Entity::update_many()
        .col_expr(catalog_item::Column::IsDisabled, Expr::value(true))
        .col_expr(catalog_item::Column::UpdatedBy, Expr::value(author.login_id.clone()))
        .col_expr(catalog_item::Column::UpdatedAt, Expr::value(author.now))
        .filter(catalog_item::Column::Code.eq(code))
        .filter(catalog_item::Column::IsDisabled.eq(false))
        .exec(tx)
        .await?;
    if deleted.rows_affected == 0 { Err(Refusal::NoSuchItem.into()) } else { Ok(()) }
}

/// The item as its writer sees it; rendering it fails the writing, not a later reading.
pub(crate) async fn rendered(
    tx: &platform::Transaction,
    row: &catalog_item::Model,
) -> Result<Value, ApiError> {
    let library = store::library(tx, std::slice::from_ref(row)).await?;
    let shape = library.get(CodeVersion::new(row.code, row.version));
    let shape = shape
        .ok_or_else(|| ApiError::unexpected(format!("the item {} just written is not there", row.code)))?;
    Ok(crate::rendering::render(shape, &library))
}

/// The namespace that a document names, which must be of the kind.
pub(crate) async fn namespace(
    tx: &platform::Transaction,
    head: &Value,
    kind: Kind,
) -> Result<store::ns::Model, ApiError> {
    let name = head["ns"].as_str().unwrap_or_default();
    let found = store::namespace(tx, name).await?;
    let found = found.filter(|ns| ns.kind.as_deref() == Some(kind.as_str()));
    Ok(found.ok_or(Refusal::NoSuchNamespace)?)
}

/// Checks the outline of an item document; its members may be absent or null.
fn item_document(document: Value) -> Result<Value, ApiError> {
    let fields = Fields::of(&document);
    let head = fields.required("catalogItem", |value| {
        if value.as_object().is_some_and(|head| !head.is_empty()) {
            Ok(())
        } else {
            Err("空にはできません".into())
        }
    });
    let list_or_object = |value: &Value| {
        if value.is_object() || value.is_array() {
            Ok(())
        } else {
            Err("オブジェクトではありません".into())
        }
    };
    fields.optional("template", list_or_object);
    fields.optional("inner", list_or_object);
    fields.optional("attribute", list_or_object);
    if let Some(name) = document["catalogItem"].get("name")
        && (name.is_object() || name.is_array())
    {
        fields.refuse("catalogItem", "名前は文字列で指定してください");
    }
    fields.build(|| head)?;
    Ok(document)
}
