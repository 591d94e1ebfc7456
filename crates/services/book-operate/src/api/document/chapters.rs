//! Which events the chapters of a document hold.

use std::collections::HashSet;

use platform::{ApiError, Author, Transaction, new_row};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use vocabulary::Code;

use crate::{
    items::Chapter,
    refusal::Refusal,
    store::{chapter, chapter_event, event, find, insert_all},
};

/// An event in a chapter, with the source id it was named by.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) event: event::Model,
    pub(super) source_id: Option<String>,
}

/// The events of each chapter: those named by source id first, each once a chapter. Locked.
pub(super) async fn placed(
    tx: &Transaction,
    user_id: &str,
    app: Code,
    chapters: &[Chapter],
    must_exist: bool,
) -> Result<Vec<Vec<Placed>>, ApiError> {
    let known = named(tx, user_id, app, chapters).await?;
    let mut all = Vec::with_capacity(chapters.len());
    for chapter in chapters {
        let mut taken = HashSet::new();
        let mut placed = Vec::new();
        let by_source = chapter.source_ids.iter().map(|id| (id, true));
        for (name, by_source) in by_source.chain(chapter.events.iter().map(|id| (id, false))) {
            let fits = |event: &&event::Model| {
                if by_source {
                    event.source_id.as_ref() == Some(name)
                } else {
                    event.event_identifier == *name
                }
            };
            let found: Vec<_> = known.iter().filter(fits).collect();
            if found.is_empty() && must_exist {
                return Err(Refusal::UnknownEvent.into());
            }
            for event in found.into_iter().filter(|event| taken.insert(event.id)) {
                placed.push(Placed { event: event.clone(), source_id: by_source.then(|| name.clone()) });
            }
        }
        all.push(placed);
    }
    Ok(all)
}

/// All events that any chapter names.
async fn named(
    tx: &Transaction,
    user_id: &str,
    app: Code,
    chapters: &[Chapter],
) -> Result<Vec<event::Model>, ApiError> {
    use event::{Column, Entity};
    let books = find::book_ids(tx, user_id).await?;
    let identifiers = chapters.iter().flat_map(|chapter| &chapter.events);
    let sources = chapters.iter().flat_map(|chapter| &chapter.source_ids);
    let named = Condition::any()
        .add(Column::EventIdentifier.is_in(identifiers.map(String::as_str)))
        .add(Column::SourceId.is_in(sources.map(String::as_str)));
    let events = Entity::find()
        .filter(Column::MyConditionBookId.is_in(books))
        .filter(Column::AppCatalogCode.eq(app.0))
        .filter(Column::IsDisabled.eq(false))
        .filter(named)
        .order_by_asc(Column::Id)
        .lock_exclusive();
    Ok(events.all(tx).await?)
}

/// The events of all chapters, each once, in order.
pub(super) fn distinct(chapters: &[Vec<Placed>]) -> Vec<&event::Model> {
    let mut taken = HashSet::new();
    chapters.iter().flatten().map(|placed| &placed.event).filter(|event| taken.insert(event.id)).collect()
}

pub(super) async fn add_chapter(
    tx: &Transaction,
    author: &Author,
    document: i64,
    title: &str,
) -> Result<i64, ApiError> {
    let row = new_row!(author, chapter { document_id: document, title: title.to_owned() });
    Ok(row.insert(tx).await?.id)
}

pub(super) async fn add_events<'p>(
    tx: &Transaction,
    author: &Author,
    chapter: i64,
    placed: impl IntoIterator<Item = &'p Placed>,
) -> Result<(), ApiError> {
    let row = |placed: &Placed| {
        new_row!(
            author,
            chapter_event {
                event_set_id: chapter,
                event_id: placed.event.id,
                source_id_at_created: placed.source_id.clone(),
            }
        )
    };
    Ok(insert_all(tx, placed.into_iter().map(row).collect()).await?)
}
