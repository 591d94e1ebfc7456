//! Changing a thing (spec: book-operate 4.6).

use axum::{Json, extract::State};
use contract::local_ctoken::{Differences, Element};
use platform::{ApiError, Application, Author, Call, Transaction, update_rows};
use serde_json::{Map, Value};
use vocabulary::CodeVersion;

use super::{super::event::change::set_hash, ChangedThing};
use crate::{
    BookOperate, application,
    differences::thing_image,
    image,
    items::{Head, Thing, placeholder},
    outbox,
    refusal::Refusal,
    store::{find, matrix, thing},
};

/// Replaces a thing; what says what it is stays. **Applications, their own things.**
pub(in crate::api) async fn change(
    State(service): State<BookOperate>,
    call: Call<Application, ChangedThing>,
) -> Result<Json<Map<String, Value>>, ApiError> {
    let (Application(session), input) = (call.who, call.input);
    let ChangedThing { user_id, event, named, thing: changed } = input;
    let app = application::of(&session).ok_or(Refusal::NoApplication)?;
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let mut things = find::things(&tx, &user_id, app, &event, &named).await?;
    let (Some(row), true) = (things.pop(), things.is_empty()) else {
        return Err(Refusal::NoSuchThing.into());
    };
    check_unchanged(&changed.head, &row)?;
    update_rows!(
        &tx, author, thing, { Template: service.template(&changed.item)? }, thing::Column::Id.eq(row.id),
    )?;
    let update = vec![rehash(&service, &tx, &author, (&user_id, &event), &changed).await?];
    outbox::note(&tx, &author, &session, &Differences { update, ..Differences::default() }).await?;
    tx.commit().await?;
    service.deliver().await;

    let code = CodeVersion::new(row.thing_catalog_code, row.thing_catalog_version);
    let mut answer = changed.item;
    answer.insert("thing".to_owned(), vec![placeholder(code, row.source_id.as_deref())].into());
    Ok(Json(answer))
}

fn check_unchanged(head: &Head, row: &thing::Model) -> Result<(), Refusal> {
    if head.identifier.as_ref() != Some(&row.thing_identifier) {
        return Err(Refusal::Unchangeable("識別子"));
    }
    if head.code != CodeVersion::new(row.thing_catalog_code, row.thing_catalog_version) {
        return Err(Refusal::Unchangeable("モノ種別"));
    }
    if head.actor != CodeVersion::new(row.thing_actor_code, row.thing_actor_version) {
        return Err(Refusal::Unchangeable("アクター"));
    }
    let app = (row.app_catalog_code, row.app_catalog_version);
    if app != (Some(head.app.value.0), Some(head.app.ver.0)) {
        return Err(Refusal::Unchangeable("アプリケーション"));
    }
    Ok(())
}

/// The members of the thing changed, so its hash does.
async fn rehash(
    service: &BookOperate,
    tx: &Transaction,
    author: &Author,
    (user_id, event): (&str, &str),
    changed: &Thing,
) -> Result<Element, ApiError> {
    let identifier = changed.head.identifier.as_deref().unwrap_or_default();
    let event = matrix::events(tx, user_id, [event]).await?.into_iter().next().ok_or(Refusal::NoSuchThing)?;
    let row = matrix::by_identifiers(tx, event.id, &[identifier]).await?.remove(identifier);
    let row = row.ok_or(Refusal::NoSuchThing)?;
    let floating = image::floating(&changed.item, "4_");
    let hash = image::row_hash(&service.event_image(&event), &thing_image(&row), &floating);
    let row = set_hash(service, tx, author, row, hash).await?;
    let stores_data = !service.settings.outer_block_store;
    matrix::replace_floating(tx, author, &[row.id], "4_", &floating, stores_data).await?;
    Ok(service.element(&event, [&row], Vec::new()))
}
