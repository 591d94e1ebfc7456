//! Writing items (spec: catalog 4.7).

use axum::{Json, extract::State};
use platform::{ApiError, Call, Incoming, Input, Member};
use serde_json::{Value, json};

use super::{Code, body};
use crate::{
    Catalog,
    codes::Kind,
    ownership::{Touched, Writer},
    register::{self, check_document},
    rendering::arranged,
    store,
};

/// An item as it is sent (spec: catalog-data-model 2).
#[derive(Debug)]
pub(crate) struct Document(Value);

impl Input for Document {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let body = body(incoming)?;
        check_document(body)?;
        Ok(Self(body.clone()))
    }
}

/// Whether the newest version is overwritten; usually it stays, and a new one is added.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Overwriting(bool);

impl Input for Overwriting {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let adds = incoming.query("versionUpFlag").is_none_or(|flag| flag.eq_ignore_ascii_case("true"));
        Ok(Self(!adds))
    }
}

/// Creates an item, with the given code or the next free one. **Members; of other blocks, those whose
/// actor the namespace is.**
pub(crate) async fn create(
    kind: Kind,
    State(service): State<Catalog>,
    call: Call<Member, Document>,
) -> Result<Json<Value>, ApiError> {
    let (tx, author) = service.changing(&call.who.0).await?;
    let writer = Writer::of_call(&tx, &service, &call.who.0, &call.incoming).await?;
    writer.check(&tx, kind, &Touched::created(&call.input.0)).await?;
    let row = register::create(&tx, kind, &call.input.0, &author).await?;
    let answer = store::render_now(&tx, &row).await?;
    tx.commit().await?;
    Ok(Json(arranged(answer)))
}

/// Adds a version to an item, or overwrites its newest one. **Members; of other blocks, those whose
/// actor it is.**
pub(crate) async fn update(
    kind: Kind,
    State(service): State<Catalog>,
    call: Call<Member, (Code, (Overwriting, Document))>,
) -> Result<Json<Value>, ApiError> {
    let (Code(code), (Overwriting(overwrite), Document(document))) = call.input;
    let (tx, author) = service.changing(&call.who.0).await?;
    let writer = Writer::of_call(&tx, &service, &call.who.0, &call.incoming).await?;
    let ns = document["catalogItem"]["ns"].as_str();
    writer.check(&tx, kind, &Touched::item(Some(code), ns)).await?;
    let row = register::update(&tx, kind, code, &document, overwrite, &author).await?;
    let answer = store::render_now(&tx, &row).await?;
    tx.commit().await?;
    Ok(Json(arranged(answer)))
}

/// Deletes all versions of an item. **Members; of other blocks, those whose actor it is.**
pub(crate) async fn delete(
    kind: Kind,
    State(service): State<Catalog>,
    call: Call<Member, Code>,
) -> Result<Json<Value>, ApiError> {
    let (tx, author) = service.changing(&call.who.0).await?;
    let writer = Writer::of_call(&tx, &service, &call.who.0, &call.incoming).await?;
    writer.check(&tx, kind, &Touched::item(Some(call.input.0), None)).await?;
    register::delete(&tx, call.input.0, &author).await?;
    tx.commit().await?;
    Ok(Json(json!({"code": call.input.0})))
}
