//! Changing a document (spec: book-operate 4.7).

use std::collections::{HashMap, HashSet};

use axum::{Json, extract::State};
use contract::local_ctoken::Differences;
use platform::{ApiError, Application, Author, Call, Transaction, update_rows};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use serde_json::{Map, Value};
use vocabulary::CodeVersion;

use super::{
    ChangedDocument,
    add::{elements, matrix_events, relate},
    chapters::{Placed, add_chapter, add_events, distinct, placed},
};
use crate::{
    BookOperate, application,
    differences::deleted,
    items::{Chapter, Document, Head},
    outbox,
    refusal::Refusal,
    store::{chapter, chapter_event, cmatrix_document, cmatrix_event, cmatrix_relation, document, find},
};

/// Replaces a document and its chapters; what says what it is stays. Events that are not stored (any more) are
/// ignored. **Applications, their own documents.**
pub(in crate::api) async fn change(
    State(service): State<BookOperate>,
    call: Call<Application, ChangedDocument>,
) -> Result<Json<Map<String, Value>>, ApiError> {
    let (Application(session), ChangedDocument { user_id, named, document: changed }) =
        (call.who, call.input);
    let app = application::of(&session).ok_or(Refusal::NoApplication)?;
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let mut documents = find::documents(&tx, &user_id, app, &named).await?;
    let (Some(row), true) = (documents.pop(), documents.is_empty()) else {
        return Err(Refusal::NoSuchDocument.into());
    };
    check_unchanged(&changed.head, &row)?;
    let created = service.ground.store.column(changed.created);
    update_rows!(
        &tx, author, document,
        {
            SourceId: changed.source_id.clone(), DocCreateAt: created,
            Template: service.template(&changed.item)?,
        },
        document::Column::Id.eq(row.id),
    )?;
    let chapters = placed(&tx, &user_id, app, &changed.chapters, false).await?;
    reconcile(&tx, &author, row.id, &changed.chapters, &chapters).await?;
    let matrix = matrix_of(&tx, &author, &row, created).await?;
    let events = matrix_events(&tx, &user_id, &distinct(&chapters)).await?;
    let gone = reconcile_relations(&tx, &author, (row.id, matrix.id), &events).await?;

    let mut differences =
        Differences { update: elements(&service, &tx, &matrix, &events).await?, ..Differences::default() };
    with_given_time(&mut differences, &changed);
    for event in &gone {
        differences.delete.push(deleted(&user_id, &event.identifier, [], [matrix.identifier.as_str()]));
    }
    outbox::note(&tx, &author, &session, &differences).await?;
    tx.commit().await?;
    service.deliver().await;
    Ok(Json(changed.item))
}

fn check_unchanged(head: &Head, row: &document::Model) -> Result<(), Refusal> {
    if head.identifier.as_ref() != Some(&row.doc_identifier) {
        return Err(Refusal::Unchangeable("識別子"));
    }
    if head.code != CodeVersion::new(row.doc_catalog_code, row.doc_catalog_version) {
        return Err(Refusal::Unchangeable("ドキュメント種別"));
    }
    if head.actor != CodeVersion::new(row.doc_actor_code, row.doc_actor_version) {
        return Err(Refusal::Unchangeable("アクター"));
    }
    let app = (row.app_catalog_code, row.app_catalog_version);
    if app != (Some(head.app.value.0), Some(head.app.ver.0)) {
        return Err(Refusal::Unchangeable("アプリケーション"));
    }
    Ok(())
}

/// Times of a changed document are told in the form they came in, where that is the form of the API.
fn with_given_time(differences: &mut Differences, changed: &Document) {
    let is_api_time = changed.created_text.len() == "2020-01-01T00:00:00.000+0900".len()
        && vocabulary::Instant::parse(&changed.created_text).is_some();
    if is_api_time {
        let documents = differences.update.iter_mut().flat_map(|element| &mut element.document);
        documents.for_each(|document| document.created_at.clone_from(&changed.created_text));
    }
}

/// Makes the stored chapters those of the request; chapters are the same when their titles are.
async fn reconcile(
    tx: &Transaction,
    author: &Author,
    document: i64,
    chapters: &[Chapter],
    placed: &[Vec<Placed>],
) -> Result<(), ApiError> {
    let stored = chapter::Entity::find()
        .filter(chapter::Column::DocumentId.eq(document))
        .filter(chapter::Column::IsDisabled.eq(false))
        .order_by_asc(chapter::Column::Id)
        .all(tx)
        .await?;
    let links = chapter_event::Entity::find()
        .filter(chapter_event::Column::EventSetId.is_in(stored.iter().map(|chapter| chapter.id)))
        .filter(chapter_event::Column::IsDisabled.eq(false))
        .all(tx)
        .await?;
    let mut free: HashMap<&str, Vec<i64>> = HashMap::new();
    for chapter in stored.iter().rev() {
        free.entry(chapter.title.as_str()).or_default().push(chapter.id);
    }
    let mut kept_links = HashSet::new();
    for (chapter, placed) in chapters.iter().zip(placed) {
        let id = match free.get_mut(chapter.title.as_str()).and_then(Vec::pop) {
            Some(id) => id,
            None => add_chapter(tx, author, document, &chapter.title).await?,
        };
        let link_of = |placed: &Placed| {
            links.iter().find(|link| link.event_set_id == id && link.event_id == placed.event.id)
        };
        add_events(tx, author, id, placed.iter().filter(|placed| link_of(placed).is_none())).await?;
        for (placed, link) in placed.iter().filter_map(|placed| Some((placed, link_of(placed)?))) {
            kept_links.insert(link.id);
            update_rows!(
                tx, author, chapter_event, { SourceIdAtCreated: placed.source_id.clone() },
                chapter_event::Column::Id.eq(link.id),
            )?;
        }
    }
    let gone_links = links.iter().map(|link| link.id).filter(|id| !kept_links.contains(id));
    update_rows!(
        tx, author, chapter_event, { IsDisabled: true }, chapter_event::Column::Id.is_in(gone_links),
    )?;
    let gone = free.into_values().flatten();
    update_rows!(tx, author, chapter, { IsDisabled: true }, chapter::Column::Id.is_in(gone))?;
    Ok(())
}

/// The one cmatrix row of a document, with its new time.
async fn matrix_of(
    tx: &Transaction,
    author: &Author,
    row: &document::Model,
    created: chrono::NaiveDateTime,
) -> Result<cmatrix_document::Model, ApiError> {
    use cmatrix_document::{Column, Entity};
    let rows = Entity::find()
        .filter(Column::Identifier.eq(row.doc_identifier.as_str()))
        .filter(Column::IsDisabled.eq(false));
    let mut rows = rows.all(tx).await?;
    let (Some(matrix), true) = (rows.pop(), rows.is_empty()) else {
        return Err(Refusal::NoSuchDocument.into());
    };
    let mut active = matrix.into_active_model();
    active.created_on = Set(created);
    active.updated_by = Set(author.login_id.clone());
    active.updated_at = Set(author.now);
    Ok(active.update(tx).await?)
}

/// Relates the document to these events and to no others. Gives the events it no longer holds.
async fn reconcile_relations(
    tx: &Transaction,
    author: &Author,
    (document, matrix): (i64, i64),
    events: &[cmatrix_event::Model],
) -> Result<Vec<cmatrix_event::Model>, ApiError> {
    use cmatrix_relation::{Column, Entity};
    let relations =
        Entity::find().filter(Column::N.eq(document)).filter(Column::IsDisabled.eq(false)).all(tx).await?;
    let is_related = |event: &&cmatrix_event::Model| {
        relations.iter().any(|relation| relation.cmatrix_event_id == event.id)
    };
    let new: Vec<_> = events.iter().filter(|event| !is_related(event)).cloned().collect();
    relate(tx, author, document, matrix, &new).await?;
    let ending =
        relations.iter().filter(|relation| events.iter().all(|event| event.id != relation.cmatrix_event_id));
    let ending: Vec<_> = ending.collect();
    update_rows!(
        tx, author, cmatrix_relation, { IsDisabled: true },
        Column::Id.is_in(ending.iter().map(|relation| relation.id)),
    )?;
    let gone = cmatrix_event::Entity::find()
        .filter(cmatrix_event::Column::Id.is_in(ending.iter().map(|relation| relation.cmatrix_event_id)))
        .filter(cmatrix_event::Column::IsDisabled.eq(false));
    Ok(gone.all(tx).await?)
}
