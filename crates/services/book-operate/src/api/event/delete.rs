//! Deleting events (spec: book-operate 4.5).

use axum::{Json, extract::State};
use contract::local_ctoken::Differences;
use platform::{ApiError, Application, Author, Call, Transaction, update_rows};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Map, Value};

use super::DeletedEvents;
use crate::{
    BookOperate, application, differences, outbox, raw_record,
    refusal::Refusal,
    store::{chapter_event, cmatrix_document, cmatrix_event, cmatrix_relation, event, find, matrix, thing},
};

/// Deletes an event, or all events with a source id, with their things. **Applications, their own events.**
pub(in crate::api) async fn delete(
    State(service): State<BookOperate>,
    call: Call<Application, DeletedEvents>,
) -> Result<Json<Map<String, Value>>, ApiError> {
    let (Application(session), DeletedEvents { user_id, named }) = (call.who, call.input);
    let app = application::of(&session).ok_or(Refusal::NoApplication)?;
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let events = find::events(&tx, &user_id, app, &named).await?;
    if events.is_empty() {
        return Err(Refusal::NoSuchEvent.into());
    }
    disable(&tx, &author, &events).await?;
    let deleted = disable_matrix(&tx, &author, &user_id, &events).await?;
    outbox::note(&tx, &author, &session, &deleted).await?;
    tx.commit().await?;
    service.deliver().await;

    let mut answer = call.incoming.body().as_object().cloned().unwrap_or_default();
    let records = events.iter().map(|event| raw_record::of_event(&service, event));
    answer.insert("event".to_owned(), records.collect());
    Ok(Json(answer))
}

/// Disables events, their things, and their places in documents.
async fn disable(tx: &Transaction, author: &Author, events: &[event::Model]) -> Result<(), ApiError> {
    let ids: Vec<i64> = events.iter().map(|event| event.id).collect();
    update_rows!(
        tx, author, thing, { IsDisabled: true },
        thing::Column::EventId.is_in(ids.clone()), thing::Column::IsDisabled.eq(false),
    )?;
    update_rows!(
        tx, author, chapter_event, { IsDisabled: true },
        chapter_event::Column::EventId.is_in(ids.clone()), chapter_event::Column::IsDisabled.eq(false),
    )?;
    update_rows!(tx, author, event, { IsDisabled: true }, event::Column::Id.is_in(ids))?;
    Ok(())
}

/// Disables the cmatrix rows, and those of documents that hold no other event.
async fn disable_matrix(
    tx: &Transaction,
    author: &Author,
    user_id: &str,
    events: &[event::Model],
) -> Result<Differences, ApiError> {
    let identifiers = events.iter().map(|event| event.event_identifier.as_str());
    let rows = matrix::events(tx, user_id, identifiers).await?;
    if rows.is_empty() {
        return Err(Refusal::NoSuchEvent.into());
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let things = matrix::things_of(tx, ids.iter().copied()).await?;
    let thing_ids: Vec<i64> = things.iter().map(|thing| thing.id).collect();
    matrix::disable_things(tx, author, &thing_ids).await?;
    update_rows!(
        tx, author, cmatrix_event, { IsDisabled: true }, cmatrix_event::Column::Id.is_in(ids.clone()),
    )?;
    disable_relations(tx, author, &ids).await?;

    let mut differences = Differences::default();
    for row in &rows {
        let gone = things.iter().filter(|thing| thing.cmatrix_event_id == row.id);
        let gone: Vec<_> = gone.map(|thing| thing.identifier.as_str()).collect();
        if !gone.is_empty() {
            differences.delete.push(differences::deleted(user_id, &row.identifier, gone, []));
        }
    }
    Ok(differences)
}

pub(in crate::api) async fn disable_relations(
    tx: &Transaction,
    author: &Author,
    events: &[i64],
) -> Result<(), ApiError> {
    use cmatrix_relation::{Column, Entity};
    let live = Entity::find().filter(Column::IsDisabled.eq(false));
    let ending = live.clone().filter(Column::CmatrixEventId.is_in(events.iter().copied())).all(tx).await?;
    update_rows!(
        tx, author, cmatrix_relation, { IsDisabled: true },
        Column::Id.is_in(ending.iter().map(|relation| relation.id)),
    )?;
    let documents: Vec<i64> = ending.iter().map(|relation| relation.cmatrix_document_id).collect();
    let left = live.filter(Column::CmatrixDocumentId.is_in(documents.clone())).all(tx).await?;
    let empty =
        documents.into_iter().filter(|id| left.iter().all(|relation| relation.cmatrix_document_id != *id));
    update_rows!(
        tx, author, cmatrix_document, { IsDisabled: true }, cmatrix_document::Column::Id.is_in(empty),
    )?;
    Ok(())
}
