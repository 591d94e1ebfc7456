//! Namespaces: flat rows with a full path (spec: catalog 4.2).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Input, Member,
    fields::{any, number, text},
    new_row,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::object;
use crate::{
    Catalog,
    codes::Kind,
    refusal::Refusal,
    register::{Author, description},
    store::{self, catalog_item, ns},
};

#[derive(Debug, Serialize)]
pub(crate) struct Namespace {
    id: i64,
    ns: String,
    description: Value,
}

impl From<ns::Model> for Namespace {
    fn from(row: ns::Model) -> Self {
        let parsed = |text: String| serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { id: row.id, ns: row.name, description: row.description.map(parsed).unwrap_or_default() }
    }
}

#[derive(Debug)]
pub(crate) struct Prefix(String);

impl Input for Prefix {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let ns = fields.required("ns", text);
        fields.build(|| ns.map(Self))
    }
}

#[derive(Debug)]
pub(crate) struct NamespaceId(i64);

impl Input for NamespaceId {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let id = fields.required("nsId", number);
        fields.build(|| id.map(Self))
    }
}

#[derive(Debug)]
pub(crate) struct NewNamespace {
    ns: String,
    description: Value,
}

impl Input for NewNamespace {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        object(incoming)?;
        let fields = incoming.fields();
        let ns = fields.required("ns", text);
        let description = fields.required("description", |value| {
            if value.as_str() == Some("") { Err("空にはできません".into()) } else { any(value) }
        });
        fields.build(|| Some(Self { ns: ns?, description: description? }))
    }
}

/// The new text of a namespace with its id.
#[derive(Debug)]
pub(crate) struct ChangedNamespace(NamespaceId, NewNamespace);

impl Input for ChangedNamespace {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let new = NewNamespace::read(incoming)?;
        Ok(Self(NamespaceId::read(incoming)?, new))
    }
}

/// Namespaces whose path begins so. **Any operator.**
pub(crate) async fn list(
    State(service): State<Catalog>,
    call: Call<AnyOperator, Prefix>,
) -> Result<Json<Vec<Namespace>>, ApiError> {
    let connection = service.ground.store.read();
    store::activated(connection).await?;
    let rows = ns::Entity::find()
        .filter(ns::Column::Name.starts_with(&call.input.0))
        .filter(ns::Column::IsDisabled.eq(false))
        .order_by_asc(ns::Column::Id)
        .all(connection)
        .await?;
    // LIKE knows wildcards and, on SQLite, no case: the prefix is meant to the letter.
    let found: Vec<Namespace> =
        rows.into_iter().filter(|row| row.name.starts_with(&call.input.0)).map(Into::into).collect();
    if found.is_empty() { Err(Refusal::NamespaceNotFound.into()) } else { Ok(Json(found)) }
}

/// One namespace. **Any operator.**
pub(crate) async fn show(
    State(service): State<Catalog>,
    call: Call<AnyOperator, NamespaceId>,
) -> Result<Json<Namespace>, ApiError> {
    let connection = service.ground.store.read();
    store::activated(connection).await?;
    let row =
        ns::Entity::find_by_id(call.input.0).filter(ns::Column::IsDisabled.eq(false)).one(connection).await?;
    Ok(Json(row.ok_or(Refusal::NamespaceNotFound)?.into()))
}

/// Creates a namespace; its parents need not exist. **Members.**
pub(crate) async fn create(
    kind: Kind,
    State(service): State<Catalog>,
    call: Call<Member, NewNamespace>,
) -> Result<Json<Namespace>, ApiError> {
    let author = Author::new(&service, &call.who.0.login_id, "");
    let tx = service.ground.store.write().await?;
    store::activated(&tx).await?;
    crate::codes::lock(&tx).await?;
    check_kind(&call.input.ns, kind)?;
    let row = insert(&tx, kind, &call.input.ns, &call.input.description, &author).await?;
    tx.commit().await?;
    Ok(Json(row.into()))
}

/// Writes a namespace that must not be there yet.
pub(crate) async fn insert(
    tx: &platform::Transaction,
    kind: Kind,
    name: &str,
    text: &Value,
    author: &Author,
) -> Result<ns::Model, ApiError> {
    if store::namespace(tx, name).await?.is_some() {
        return Err(Refusal::NamespaceExists.into());
    }
    let row = new_row!(
        author,
        ns { kind: Some(kind.as_str().to_owned()), name: name.to_owned(), description: description(text) }
    );
    Ok(row.insert(tx).await?)
}

/// Changes path and description. An unknown id changes nothing, as ever. **Members.**
pub(crate) async fn update(
    kind: Kind,
    State(service): State<Catalog>,
    call: Call<Member, ChangedNamespace>,
) -> Result<Json<Value>, ApiError> {
    let ChangedNamespace(NamespaceId(id), new) = call.input;
    let author = Author::new(&service, &call.who.0.login_id, "");
    let tx = service.ground.store.write().await?;
    store::activated(&tx).await?;
    check_kind(&new.ns, kind)?;
    change(&tx, kind, id, &new.ns, &new.description, &author).await?;
    tx.commit().await?;
    Ok(Json(json!({"id": id, "ns": new.ns, "description": new.description})))
}

/// Changes a namespace of that kind; rendered items that name it are rendered anew.
pub(crate) async fn change(
    tx: &platform::Transaction,
    kind: Kind,
    id: i64,
    name: &str,
    text: &Value,
    author: &Author,
) -> Result<(), ApiError> {
    if store::namespace(tx, name).await?.is_some_and(|other| other.id != id) {
        return Err(Refusal::NamespaceExists.into());
    }
    let row = ns::Entity::find_by_id(id)
        .filter(ns::Column::Kind.eq(kind.as_str()))
        .filter(ns::Column::IsDisabled.eq(false))
        .one(tx)
        .await?;
    let Some(row) = row else { return Ok(()) };
    let mut row: ns::ActiveModel = row.into();
    row.name = Set(name.to_owned());
    row.description = Set(description(text));
    row.updated_by = Set(author.login_id.clone());
    row.updated_at = Set(author.now);
    row.update(tx).await?;
    store::forget_responses(tx).await
}

/// Deletes a namespace that no item lies in. **Members.**
pub(crate) async fn delete(
    State(service): State<Catalog>,
    call: Call<Member, NamespaceId>,
) -> Result<Json<Value>, ApiError> {
    let author = Author::new(&service, &call.who.0.login_id, "");
    let tx = service.ground.store.write().await?;
    store::activated(&tx).await?;
    disable(&tx, call.input.0, &author).await?;
    tx.commit().await?;
    Ok(Json(json!({"nsId": call.input.0})))
}

pub(crate) async fn disable(tx: &platform::Transaction, id: i64, author: &Author) -> Result<(), ApiError> {
    let used = catalog_item::Entity::find()
        .filter(catalog_item::Column::NsId.eq(id))
        .filter(catalog_item::Column::IsDisabled.eq(false))
        .count(tx)
        .await?;
    if used > 0 {
        return Err(Refusal::NamespaceInUse.into());
    }
    if let Some(row) = ns::Entity::find_by_id(id).one(tx).await? {
        let mut row: ns::ActiveModel = row.into();
        row.is_disabled = Set(true);
        row.updated_by = Set(author.login_id.clone());
        row.updated_at = Set(author.now);
        row.update(tx).await?;
    }
    Ok(())
}

fn check_kind(ns: &str, kind: Kind) -> Result<(), ApiError> {
    if ns.contains(&format!("/{}/", kind.as_str())) { Ok(()) } else { Err(Refusal::OtherKind.into()) }
}
