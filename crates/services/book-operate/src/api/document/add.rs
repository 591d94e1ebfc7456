//! Storing a document (spec: book-operate 4.7).

use axum::{Json, extract::State};
use contract::local_ctoken::{Differences, Element};
use platform::{ApiError, Application, Author, Call, Transaction, new_row};
use sea_orm::ActiveModelTrait;
use serde_json::{Map, Value};
use vocabulary::random;

use super::{
    NewDocument,
    chapters::{add_chapter, add_events, distinct, placed},
};
use crate::{
    BookOperate,
    items::{self, Head},
    outbox,
    refusal::Refusal,
    store::{cmatrix_document, cmatrix_event, cmatrix_relation, document, event, find, insert_all, matrix},
};

/// Stores a document of a user, which names events that are stored already. **Applications.**
pub(in crate::api) async fn add(
    State(service): State<BookOperate>,
    call: Call<Application, NewDocument>,
) -> Result<Json<Map<String, Value>>, ApiError> {
    let (Application(session), NewDocument { user_id, document: new }) = (call.who, call.input);
    let app = service.storing(&session, &[&new.head])?;
    let author = Author::new(&service.ground, &session);
    let created = service.ground.store.column(new.created);
    let tx = service.ground.store.write().await?;
    let book = find::book(&tx, &user_id, app).await?.ok_or(Refusal::NoSuchBook)?;
    let identifier = random::uuid().to_string();
    let item = items::identified(new.item, &identifier);
    let head = new.head;
    let row = new_row!(
        author,
        document {
            my_condition_book_id: book.id,
            source_id: Some(new.source_id),
            doc_identifier: identifier.clone(),
            doc_catalog_code: head.code.value.0,
            doc_catalog_version: head.code.ver.0,
            doc_create_at: Some(created),
            doc_actor_code: head.actor.value.0,
            doc_actor_version: head.actor.ver.0,
            app_catalog_code: Some(head.app.value.0),
            app_catalog_version: Some(head.app.ver.0),
            template: service.template(&item)?,
        }
    );
    let row = row.insert(&tx).await?;
    let chapters = placed(&tx, &user_id, app, &new.chapters, true).await?;
    for (chapter, events) in new.chapters.iter().zip(&chapters) {
        let id = add_chapter(&tx, &author, row.id, &chapter.title).await?;
        add_events(&tx, &author, id, events).await?;
    }
    let matrix = matrix_row(&author, identifier, &head, created).insert(&tx).await?;
    let events = matrix_events(&tx, &user_id, &distinct(&chapters)).await?;
    relate(&tx, &author, row.id, matrix.id, &events).await?;
    let add = elements(&service, &tx, &matrix, &events).await?;
    outbox::note(&tx, &author, &session, &Differences { add, ..Differences::default() }).await?;
    tx.commit().await?;
    service.deliver().await;
    Ok(Json(item))
}

/// Codes of workflows are 0 in this table.
fn matrix_row(
    author: &Author,
    identifier: String,
    head: &Head,
    created: chrono::NaiveDateTime,
) -> cmatrix_document::ActiveModel {
    new_row!(
        author,
        cmatrix_document {
            identifier: identifier,
            code: head.code.value.0,
            version: head.code.ver.0,
            created_on: created,
            actor_code: head.actor.value.0,
            actor_version: head.actor.ver.0,
            workflow_code: Some(0),
            workflow_version: Some(0),
            role_code: Some(0),
            role_version: Some(0),
            app_code: Some(head.app.value.0),
            app_version: Some(head.app.ver.0),
        }
    )
}

/// The cmatrix rows of events; each must have exactly one.
pub(super) async fn matrix_events(
    tx: &Transaction,
    user_id: &str,
    events: &[&event::Model],
) -> Result<Vec<cmatrix_event::Model>, ApiError> {
    let rows =
        matrix::events(tx, user_id, events.iter().map(|event| event.event_identifier.as_str())).await?;
    let mut sorted = Vec::with_capacity(events.len());
    for event in events {
        let mut own = rows.iter().filter(|row| row.identifier == event.event_identifier);
        match (own.next(), own.next()) {
            (Some(row), None) => sorted.push(row.clone()),
            _ => return Err(Refusal::NoSuchEvent.into()),
        }
    }
    Ok(sorted)
}

pub(super) async fn relate(
    tx: &Transaction,
    author: &Author,
    document: i64,
    matrix: i64,
    events: &[cmatrix_event::Model],
) -> Result<(), ApiError> {
    let row = |event: &cmatrix_event::Model| {
        new_row!(
            author,
            cmatrix_relation { n: document, cmatrix_event_id: event.id, cmatrix_document_id: matrix }
        )
    };
    Ok(insert_all(tx, events.iter().map(row).collect()).await?)
}

/// What local-ctoken hears: the events that have things, with the document.
pub(super) async fn elements(
    service: &BookOperate,
    tx: &Transaction,
    document: &cmatrix_document::Model,
    events: &[cmatrix_event::Model],
) -> Result<Vec<Element>, ApiError> {
    let things = matrix::things_of(tx, events.iter().map(|event| event.id)).await?;
    let mut elements = Vec::new();
    for event in events {
        let own: Vec<_> = things.iter().filter(|thing| thing.cmatrix_event_id == event.id).collect();
        if !own.is_empty() {
            elements.push(service.element(event, own, vec![service.document_columns(document)]));
        }
    }
    Ok(elements)
}
