//! Storing an event (spec: book-operate 4.5).

use axum::{Json, extract::State};
use platform::{ApiError, Application, Author, Call, new_row};
use sea_orm::ActiveModelTrait;
use serde_json::{Map, Value};
use vocabulary::random;

use super::NewEvent;
use crate::{
    BookOperate, items,
    refusal::Refusal,
    store::{cmatrix_event, event, find},
};

/// Stores an event of a user of the caller's application. **Applications.**
pub(in crate::api) async fn add(
    State(service): State<BookOperate>,
    call: Call<Application, NewEvent>,
) -> Result<Json<Map<String, Value>>, ApiError> {
    let (Application(session), NewEvent { user_id, event }) = (call.who, call.input);
    let app = service.storing(&session, &[&event.head])?;
    let author = Author::new(&service.ground, &session);
    let column = |time| service.ground.store.column(time);
    let tx = service.ground.store.write().await?;
    let book = find::book(&tx, &user_id, app).await?.ok_or(Refusal::NoSuchBook)?;
    let identifier = random::uuid().to_string();
    let item = items::identified(event.item, &identifier);
    let head = event.head;
    let row = new_row!(
        author,
        event {
            my_condition_book_id: book.id,
            source_id: head.source_id,
            event_identifier: identifier.clone(),
            event_catalog_code: head.code.value.0,
            event_catalog_version: head.code.ver.0,
            event_start_at: event.start.map(column),
            event_end_at: event.end.map(column),
            event_outbreak_position: event.location.clone(),
            event_actor_code: head.actor.value.0,
            event_actor_version: head.actor.ver.0,
            app_catalog_code: Some(head.app.value.0),
            app_catalog_version: Some(head.app.ver.0),
            template: service.template(&item)?,
        }
    );
    row.insert(&tx).await?;
    let matrix = new_row!(
        author,
        cmatrix_event {
            user_id: user_id,
            identifier: identifier,
            code: head.code.value.0,
            version: head.code.ver.0,
            start_at: event.start.map(column),
            end_at: event.end.map(column),
            location: event.location,
            actor_code: head.actor.value.0,
            actor_version: head.actor.ver.0,
            app_code: Some(head.app.value.0).filter(|code| *code != 0),
            app_version: Some(head.app.ver.0).filter(|version| *version != 0),
        }
    );
    matrix.insert(&tx).await?;
    tx.commit().await?;
    Ok(Json(item))
}

impl BookOperate {
    /// What is kept of an item here: nothing where the applications keep the data themselves.
    pub(in crate::api) fn template(&self, item: &Map<String, Value>) -> Result<Option<String>, ApiError> {
        let stores_data = !self.settings.outer_block_store;
        stores_data.then(|| serde_json::to_string(item)).transpose().map_err(ApiError::unexpected)
    }
}
