//! Identity documents of a book, and whether documents or a PXR-ID are known already
//! (spec: book-manage 4.1.2, 4.1.3, 4.3).

use std::collections::{HashMap, HashSet};

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input, Member,
    fields::{Complaint, array, short_text},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use serde_json::Value;

use super::{book::documents, open::is_taken};
use crate::{
    Books, body,
    document::{Document, hash},
    refusal::Refusal,
    store::{self, identification, my_condition_book},
    who::{Registrar, pxr_id},
};

/// Whom it is about.
#[derive(Debug)]
pub(super) struct PxrId(pub(super) String);

impl Input for PxrId {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let pxr_id = fields.required("pxrId", short_text);
        fields.build(|| pxr_id.map(Self))
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Own {
    pxr_id: String,
    identifications: Vec<Value>,
}

/// The documents of the caller's own book. **Anybody with a PXR-ID.**
pub(super) async fn own(
    State(service): State<Books>,
    call: Call<AnyOperator>,
) -> Result<Json<Own>, ApiError> {
    let connection = service.ground.store.read();
    let pxr_id = pxr_id(&call.who.0).ok_or(Refusal::NoPxrId)?;
    let book = store::book(connection, pxr_id).await?.ok_or(Refusal::NoBook)?;
    let identifications = documents(connection, book.id).await?;
    Ok(Json(Own { pxr_id: book.pxr_id, identifications }))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity {
    pxr_id: String,
    identification: Vec<Value>,
}

/// The documents of somebody's book. **Members whose actor the resident is to be linked with, or of the root.**
pub(super) async fn of_somebody(
    State(service): State<Books>,
    call: Call<Member, PxrId>,
) -> Result<Json<Identity>, ApiError> {
    let connection = service.ground.store.read();
    let book = store::book(connection, &call.input.0).await?.ok_or(ApiError::NoContent)?;
    service.serves(&call.who.0, &book).await?;
    let identification = documents(connection, book.id).await?;
    if identification.is_empty() {
        return Err(ApiError::NoContent);
    }
    Ok(Json(Identity { pxr_id: book.pxr_id, identification }))
}

#[derive(Debug, Serialize)]
pub(super) struct Free {
    status: &'static str,
}

/// Whether a PXR-ID can be used for a new book. **Members who may add members.**
pub(super) async fn check_pxr_id(
    State(service): State<Books>,
    call: Call<Registrar, PxrId>,
) -> Result<Json<Free>, ApiError> {
    let taken = is_taken(service.ground.store.read(), &call.input.0).await?;
    Ok(Json(Free { status: if taken { "ng" } else { "ok" } }))
}

/// Documents as they came.
#[derive(Debug)]
pub(super) struct Documents(Vec<Value>);

impl Input for Documents {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let documents = fields.required("identification", |documents| {
            let read = array(|document| Document::rule(document).map(|_| document.clone()))(documents)?;
            if read.is_empty() { Err(Complaint::from("空にはできません")) } else { Ok(read) }
        });
        fields.build(|| documents.map(Self))
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Duplicates {
    identification: Vec<Duplicate>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Duplicate {
    duplication_pxr_id: Vec<String>,
    identification: Value,
}

/// Which documents other books were opened with. **Members who may add members.**
pub(super) async fn check_documents(
    State(service): State<Books>,
    call: Call<Registrar, Documents>,
) -> Result<Json<Duplicates>, ApiError> {
    let hashed: Vec<_> = call.input.0.into_iter().map(|document| (hash(&document), document)).collect();
    let mut owners = owners(&service, hashed.iter().map(|(hash, _)| hash.clone()).collect()).await?;
    let duplicates = hashed.into_iter().filter_map(|(hash, identification)| {
        let duplication_pxr_id = owners.get_mut(&hash)?.clone();
        Some(Duplicate { duplication_pxr_id, identification })
    });
    Ok(Json(Duplicates { identification: duplicates.collect() }))
}

/// The residents whose open books hold documents with these hashes, in the order of their books.
async fn owners(service: &Books, hashes: HashSet<String>) -> Result<HashMap<String, Vec<String>>, ApiError> {
    let connection = service.ground.store.read();
    let rows = identification::Entity::find()
        .filter(identification::Column::TemplateHash.is_in(hashes))
        .filter(identification::Column::IsDisabled.eq(false))
        .order_by_asc(identification::Column::BookId)
        .all(connection)
        .await?;
    let books = store::open_books()
        .filter(my_condition_book::Column::Id.is_in(rows.iter().map(|row| row.book_id)))
        .all(connection)
        .await?;
    let books: HashMap<i64, String> = books.into_iter().map(|book| (book.id, book.pxr_id)).collect();
    let mut owners: HashMap<String, Vec<String>> = HashMap::new();
    for row in rows {
        let Some(pxr_id) = books.get(&row.book_id) else { continue };
        let of_document = owners.entry(row.template_hash).or_default();
        if !of_document.contains(pxr_id) {
            of_document.push(pxr_id.clone());
        }
    }
    Ok(owners)
}
