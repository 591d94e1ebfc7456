//! The ranges that codes are taken from (spec: catalog 4.3).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input, Member,
    fields::{strict_number, text},
    new_row, update_rows,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use serde_json::{Value, json};

use super::{ANY, object, parameter, whole};
use crate::{Catalog, codes::Kind, refusal::Refusal, store::catalog_code_scope};

#[derive(Debug, Serialize)]
pub(crate) struct Range {
    id: i64,
    #[serde(rename = "type")]
    kind: String,
    start_code: i64,
    end_code: i64,
}

impl From<catalog_code_scope::Model> for Range {
    fn from(row: catalog_code_scope::Model) -> Self {
        Self { id: row.id, kind: row.kind, start_code: row.start_code, end_code: row.end_code }
    }
}

#[derive(Debug)]
pub(crate) struct NewRange {
    kind: Kind,
    start: i64,
    end: i64,
}

impl Input for NewRange {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let kind = fields.required("type", text);
        let start = fields.required("start_code", strict_number);
        let end = fields.required("end_code", strict_number);
        let (kind, start, end) = fields.build(|| Some((kind?, start?, end?)))?;
        let kind = Kind::named(&kind).ok_or(Refusal::UnknownKind)?;
        if start > end {
            return Err(Refusal::EmptyRange.into());
        }
        Ok(Self { kind, start, end })
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct RangeId(i64);

impl Input for RangeId {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        parameter(incoming, "id", whole("id", ANY)).map(Self)
    }
}

/// The kind of a range, in the place where other routes have its id.
#[derive(Debug)]
pub(crate) struct OfKind(String);

impl Input for OfKind {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        parameter(incoming, "id", text).map(Self)
    }
}

/// All ranges, by their start. **Any operator.**
pub(crate) async fn list(
    State(service): State<Catalog>,
    _: Call<AnyOperator>,
) -> Result<Json<Vec<Range>>, ApiError> {
    let connection = service.reading().await?;
    found(all(connection).await?)
}

/// The ranges of a kind. **Any operator.**
pub(crate) async fn of_kind(
    State(service): State<Catalog>,
    call: Call<AnyOperator, OfKind>,
) -> Result<Json<Vec<Range>>, ApiError> {
    let connection = service.reading().await?;
    let rows = all(connection).await?;
    found(rows.into_iter().filter(|row| row.kind == call.input.0).collect())
}

/// Adds a range that no other one touches. **Members.**
pub(crate) async fn create(
    State(service): State<Catalog>,
    call: Call<Member, NewRange>,
) -> Result<Json<Range>, ApiError> {
    let new = call.input;
    let (tx, author) = service.changing(&call.who.0).await?;
    refuse_overlap(&all(&tx).await?, &new, None)?;
    let kind = new.kind.as_str().to_owned();
    let row = new_row!(author, catalog_code_scope { kind: kind, start_code: new.start, end_code: new.end });
    let row = row.insert(&tx).await?;
    tx.commit().await?;
    Ok(Json(row.into()))
}

/// Moves a range. **Members.**
pub(crate) async fn change(
    State(service): State<Catalog>,
    call: Call<Member, (NewRange, RangeId)>,
) -> Result<Json<Range>, ApiError> {
    let (new, RangeId(id)) = call.input;
    let (tx, author) = service.changing(&call.who.0).await?;
    let rows = all(&tx).await?;
    if rows.iter().all(|row| row.id != id) {
        return Err(Refusal::NoSuchRange.into());
    }
    refuse_overlap(&rows, &new, Some(id))?;
    let kind = new.kind.as_str().to_owned();
    let is_it = catalog_code_scope::Column::Id.eq(id);
    update_rows!(&tx, author, catalog_code_scope,
        { Kind: kind.clone(), StartCode: new.start, EndCode: new.end }, is_it)?;
    tx.commit().await?;
    Ok(Json(Range { id, kind, start_code: new.start, end_code: new.end }))
}

/// Deletes a range; codes taken from it stay. An unknown one changes nothing. **Members.**
pub(crate) async fn delete(
    State(service): State<Catalog>,
    call: Call<Member, RangeId>,
) -> Result<Json<Value>, ApiError> {
    let (tx, author) = service.changing(&call.who.0).await?;
    let is_it = catalog_code_scope::Column::Id.eq(call.input.0);
    update_rows!(&tx, author, catalog_code_scope, { IsDisabled: true }, is_it)?;
    tx.commit().await?;
    Ok(Json(json!({"id": call.input.0})))
}

async fn all(connection: &impl sea_orm::ConnectionTrait) -> Result<Vec<catalog_code_scope::Model>, ApiError> {
    let rows = catalog_code_scope::Entity::find()
        .filter(catalog_code_scope::Column::IsDisabled.eq(false))
        .order_by_asc(catalog_code_scope::Column::StartCode)
        .all(connection)
        .await?;
    Ok(rows)
}

fn found(rows: Vec<catalog_code_scope::Model>) -> Result<Json<Vec<Range>>, ApiError> {
    if rows.is_empty() {
        return Err(Refusal::RangeNotFound.into());
    }
    Ok(Json(rows.into_iter().map(Into::into).collect()))
}

fn refuse_overlap(
    rows: &[catalog_code_scope::Model],
    new: &NewRange,
    own: Option<i64>,
) -> Result<(), Refusal> {
    let others = rows.iter().filter(|row| Some(row.id) != own);
    let overlaps = |row: &catalog_code_scope::Model| new.start <= row.end_code && row.start_code <= new.end;
    if others.into_iter().any(overlaps) { Err(Refusal::RangeExists) } else { Ok(()) }
}
