//! Changing an event (spec: book-operate 4.5).

use axum::{Json, extract::State};
use contract::local_ctoken::Differences;
use platform::{ApiError, Application, Author, Call, Transaction, update_rows};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use serde_json::{Map, Value};
use vocabulary::CodeVersion;

use super::ChangedEvent;
use crate::{
    BookOperate, application,
    differences::thing_image,
    image,
    items::{Event, Head, placeholder},
    outbox,
    refusal::Refusal,
    store::{cmatrix_event, cmatrix_thing, event, find, matrix},
};

/// Replaces an event; what says what it is stays. **Applications, their own events.**
pub(in crate::api) async fn change(
    State(service): State<BookOperate>,
    call: Call<Application, ChangedEvent>,
) -> Result<Json<Map<String, Value>>, ApiError> {
    let (Application(session), ChangedEvent { user_id, named, event: changed }) = (call.who, call.input);
    let app = application::of(&session).ok_or(Refusal::NoApplication)?;
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let mut events = find::events(&tx, &user_id, app, &named).await?;
    let (Some(row), true) = (events.pop(), events.is_empty()) else {
        return Err(Refusal::NoSuchEvent.into());
    };
    check_unchanged(&changed.head, &row)?;
    let things = find::things_of(&tx, [row.id]).await?;
    update_row(&service, &tx, &author, &changed, &row).await?;
    let element = rehash(&service, &tx, &author, &user_id, &changed).await?;
    outbox::note(&tx, &author, &session, &element).await?;
    tx.commit().await?;
    service.deliver().await;

    let shown = things.iter().map(|thing| {
        let code = CodeVersion::new(thing.thing_catalog_code, thing.thing_catalog_version);
        placeholder(code, thing.source_id.as_deref())
    });
    let mut answer = changed.item;
    answer.insert("thing".to_owned(), shown.collect());
    Ok(Json(answer))
}

fn check_unchanged(head: &Head, row: &event::Model) -> Result<(), Refusal> {
    if head.identifier.as_ref() != Some(&row.event_identifier) {
        return Err(Refusal::Unchangeable("識別子"));
    }
    if head.code != CodeVersion::new(row.event_catalog_code, row.event_catalog_version) {
        return Err(Refusal::Unchangeable("イベント種別"));
    }
    if head.actor != CodeVersion::new(row.event_actor_code, row.event_actor_version) {
        return Err(Refusal::Unchangeable("アクター"));
    }
    let app = (row.app_catalog_code, row.app_catalog_version);
    if app != (Some(head.app.value.0), Some(head.app.ver.0)) {
        return Err(Refusal::Unchangeable("アプリケーション"));
    }
    Ok(())
}

async fn update_row(
    service: &BookOperate,
    tx: &Transaction,
    author: &Author,
    changed: &Event,
    row: &event::Model,
) -> Result<(), ApiError> {
    let column = |time| service.ground.store.column(time);
    update_rows!(
        tx, author, event,
        {
            EventStartAt: changed.start.map(column), EventEndAt: changed.end.map(column),
            EventOutbreakPosition: changed.location.clone(), Template: service.template(&changed.item)?,
        },
        event::Column::Id.eq(row.id),
    )?;
    Ok(())
}

/// The columns of the event changed, so the hash of each of its things changes.
async fn rehash(
    service: &BookOperate,
    tx: &Transaction,
    author: &Author,
    user_id: &str,
    changed: &Event,
) -> Result<Differences, ApiError> {
    let identifier = changed.head.identifier.as_deref().unwrap_or_default();
    let mut rows = matrix::events(tx, user_id, [identifier]).await?;
    let (Some(row), true) = (rows.pop(), rows.is_empty()) else {
        return Err(Refusal::NoSuchEvent.into());
    };
    let column = |time| service.ground.store.column(time);
    let mut active: cmatrix_event::ActiveModel = row.into_active_model();
    active.start_at = Set(changed.start.map(column));
    active.end_at = Set(changed.end.map(column));
    active.location = Set(changed.location.clone());
    active.updated_by = Set(author.login_id.clone());
    active.updated_at = Set(author.now);
    let event = active.update(tx).await?;

    let floating = image::floating(&changed.item, "3_");
    let event_image = service.event_image(&event);
    let mut things = Vec::new();
    for thing in matrix::things_of(tx, [event.id]).await? {
        let hash = image::row_hash(&event_image, &thing_image(&thing), &floating);
        things.push(set_hash(service, tx, author, thing, hash).await?);
    }
    let ids: Vec<i64> = things.iter().map(|thing| thing.id).collect();
    let stores_data = !service.settings.outer_block_store;
    matrix::replace_floating(tx, author, &ids, "3_", &floating, stores_data).await?;
    let mut differences = Differences::default();
    if !things.is_empty() {
        differences.update.push(service.element(&event, &things, Vec::new()));
    }
    Ok(differences)
}

/// Writes the new hash of a row; each has its own, so it is a statement a row.
pub(in crate::api) async fn set_hash(
    service: &BookOperate,
    tx: &Transaction,
    author: &Author,
    thing: cmatrix_thing::Model,
    hash: String,
) -> Result<cmatrix_thing::Model, ApiError> {
    let mut active = thing.into_active_model();
    active.row_hash = Set(hash);
    active.row_hash_create_at = Set(service.hash_time());
    active.updated_by = Set(author.login_id.clone());
    active.updated_at = Set(author.now);
    Ok(active.update(tx).await?)
}
