//! Deleting documents (spec: book-operate 4.7).

use axum::{Json, extract::State};
use contract::local_ctoken::Differences;
use platform::{ApiError, Application, Author, Call, Transaction, update_rows};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Map, Value};

use super::DeletedDocuments;
use crate::{
    BookOperate, application,
    differences::deleted,
    outbox, raw_record,
    refusal::Refusal,
    store::{chapter, chapter_event, cmatrix_document, cmatrix_event, cmatrix_relation, document, find},
};

/// Deletes a document, or all documents with a source id; the events they hold stay. **Applications, their own
/// documents.**
pub(in crate::api) async fn delete(
    State(service): State<BookOperate>,
    call: Call<Application, DeletedDocuments>,
) -> Result<Json<Map<String, Value>>, ApiError> {
    let (Application(session), DeletedDocuments { user_id, named }) = (call.who, call.input);
    let app = application::of(&session).ok_or(Refusal::NoApplication)?;
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let documents = find::documents(&tx, &user_id, app, &named).await?;
    if documents.is_empty() {
        return Err(Refusal::NoSuchDocument.into());
    }
    disable(&tx, &author, &documents).await?;
    let differences = disable_matrix(&tx, &author, &user_id, &documents).await?;
    outbox::note(&tx, &author, &session, &differences).await?;
    tx.commit().await?;
    service.deliver().await;

    let mut answer = call.incoming.body().as_object().cloned().unwrap_or_default();
    let records = documents.iter().map(|document| raw_record::of_document(&service, document));
    answer.insert("document".to_owned(), records.collect());
    Ok(Json(answer))
}

/// Disables documents, their chapters, and the places of events in them.
async fn disable(tx: &Transaction, author: &Author, documents: &[document::Model]) -> Result<(), ApiError> {
    let ids: Vec<i64> = documents.iter().map(|document| document.id).collect();
    let chapters = chapter::Entity::find()
        .filter(chapter::Column::DocumentId.is_in(ids.clone()))
        .filter(chapter::Column::IsDisabled.eq(false))
        .all(tx)
        .await?;
    let chapter_ids: Vec<i64> = chapters.iter().map(|chapter| chapter.id).collect();
    update_rows!(
        tx, author, chapter_event, { IsDisabled: true },
        chapter_event::Column::EventSetId.is_in(chapter_ids.clone()),
        chapter_event::Column::IsDisabled.eq(false),
    )?;
    update_rows!(tx, author, chapter, { IsDisabled: true }, chapter::Column::Id.is_in(chapter_ids))?;
    update_rows!(tx, author, document, { IsDisabled: true }, document::Column::Id.is_in(ids))?;
    Ok(())
}

/// Disables the cmatrix rows. For each event that was held, local-ctoken hears that the documents are gone.
async fn disable_matrix(
    tx: &Transaction,
    author: &Author,
    user_id: &str,
    documents: &[document::Model],
) -> Result<Differences, ApiError> {
    use cmatrix_relation::{Column, Entity};
    let ids: Vec<i64> = documents.iter().map(|document| document.id).collect();
    let relations =
        Entity::find().filter(Column::N.is_in(ids)).filter(Column::IsDisabled.eq(false)).all(tx).await?;
    update_rows!(
        tx, author, cmatrix_relation, { IsDisabled: true },
        Column::Id.is_in(relations.iter().map(|relation| relation.id)),
    )?;
    update_rows!(
        tx, author, cmatrix_document, { IsDisabled: true },
        cmatrix_document::Column::Identifier.is_in(documents.iter().map(|document| document.doc_identifier.as_str())),
        cmatrix_document::Column::IsDisabled.eq(false),
    )?;
    let events = cmatrix_event::Entity::find()
        .filter(cmatrix_event::Column::Id.is_in(relations.iter().map(|relation| relation.cmatrix_event_id)))
        .filter(cmatrix_event::Column::IsDisabled.eq(false))
        .all(tx)
        .await?;
    let mut differences = Differences::default();
    for event in &events {
        let of_event = relations.iter().filter(|relation| relation.cmatrix_event_id == event.id);
        let numbers: Vec<i64> = of_event.map(|relation| relation.n).collect();
        let held = documents.iter().filter(|document| numbers.contains(&document.id));
        let held = held.map(|document| document.doc_identifier.as_str());
        differences.delete.push(deleted(user_id, &event.identifier, [], held));
    }
    Ok(differences)
}
