//! Namespaces: flat rows with a full path (spec: catalog 4.2).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input, Member,
    fields::{any, text},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use serde_json::{Value, json};

use super::{ANY, object, parameter, whole};
use crate::{
    Catalog,
    codes::Kind,
    namespace,
    ownership::{Touched, Writer},
    refusal::Refusal,
    register,
    store::{self, ns},
};

#[derive(Debug, Serialize)]
pub(crate) struct Namespace {
    id: i64,
    ns: String,
    description: Value,
}

impl From<ns::Model> for Namespace {
    fn from(row: ns::Model) -> Self {
        Self { id: row.id, ns: row.name, description: shown(row.description) }
    }
}

/// A stored description; what is stored as JSON is an object, and every other text one.
fn shown(description: Option<String>) -> Value {
    let parsed = |text: String| match serde_json::from_str(&text) {
        Ok(object @ Value::Object(_)) => object,
        _ => Value::String(text),
    };
    description.map(parsed).unwrap_or_default()
}

#[derive(Debug)]
pub(crate) struct Prefix(String);

impl Input for Prefix {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        parameter(incoming, "ns", text).map(Self)
    }
}

#[derive(Debug)]
pub(crate) struct NamespaceId(i64);

impl Input for NamespaceId {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        parameter(incoming, "nsId", whole("nsId", ANY)).map(Self)
    }
}

#[derive(Debug)]
pub(crate) struct NewNamespace {
    ns: String,
    description: Value,
}

impl Input for NewNamespace {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
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
    let connection = service.reading().await?;
    let rows = store::namespaces_under(connection, &call.input.0).await?;
    let found: Vec<Namespace> = rows.into_iter().map(Into::into).collect();
    if found.is_empty() { Err(Refusal::NamespaceNotFound.into()) } else { Ok(Json(found)) }
}

/// One namespace. **Any operator.**
pub(crate) async fn show(
    State(service): State<Catalog>,
    call: Call<AnyOperator, NamespaceId>,
) -> Result<Json<Namespace>, ApiError> {
    let connection = service.reading().await?;
    let row =
        ns::Entity::find_by_id(call.input.0).filter(ns::Column::IsDisabled.eq(false)).one(connection).await?;
    Ok(Json(row.ok_or(Refusal::NamespaceNotFound)?.into()))
}

/// Creates a namespace; its parents need not exist. **Members; of other blocks, those whose actor's code it bears.**
pub(crate) async fn create(
    kind: Kind,
    State(service): State<Catalog>,
    call: Call<Member, NewNamespace>,
) -> Result<Json<Namespace>, ApiError> {
    let (tx, author) = service.changing(&call.who.0).await?;
    check_kind(&call.input.ns, kind)?;
    let writer = Writer::of_call(&tx, &service, &call.who.0, &call.incoming).await?;
    writer.check(&tx, kind, &Touched::namespace(None, Some(&call.input.ns))).await?;
    let row = namespace::insert(&tx, kind, &call.input.ns, &call.input.description, &author).await?;
    tx.commit().await?;
    Ok(Json(row.into()))
}

/// Changes path and description. An unknown id changes nothing, as ever. **Members; of other blocks, those whose
/// actor's code it bears.**
pub(crate) async fn update(
    kind: Kind,
    State(service): State<Catalog>,
    call: Call<Member, ChangedNamespace>,
) -> Result<Json<Namespace>, ApiError> {
    let ChangedNamespace(NamespaceId(id), new) = call.input;
    let (tx, author) = service.changing(&call.who.0).await?;
    check_kind(&new.ns, kind)?;
    let writer = Writer::of_call(&tx, &service, &call.who.0, &call.incoming).await?;
    writer.check(&tx, kind, &Touched::namespace(Some(id), Some(&new.ns))).await?;
    namespace::change(&tx, kind, id, &new.ns, &new.description, &author).await?;
    tx.commit().await?;
    let description = shown(register::description(&new.description));
    Ok(Json(Namespace { id, ns: new.ns, description }))
}

/// Deletes a namespace that no item lies in. **Members; of other blocks, those whose actor's code it bears.**
pub(crate) async fn delete(
    kind: Kind,
    State(service): State<Catalog>,
    call: Call<Member, NamespaceId>,
) -> Result<Json<Value>, ApiError> {
    let (tx, author) = service.changing(&call.who.0).await?;
    let writer = Writer::of_call(&tx, &service, &call.who.0, &call.incoming).await?;
    writer.check(&tx, kind, &Touched::namespace(Some(call.input.0), None)).await?;
    namespace::disable(&tx, call.input.0, &author).await?;
    tx.commit().await?;
    Ok(Json(json!({"nsId": call.input.0})))
}

fn check_kind(ns: &str, kind: Kind) -> Result<(), ApiError> {
    if Kind::of_path(ns) == Some(kind) { Ok(()) } else { Err(Refusal::OtherKind.into()) }
}
