//! Storing things (spec: book-operate 4.6).

use axum::{Json, extract::State};
use contract::local_ctoken::Differences;
use platform::{ApiError, Application, Author, Call, Transaction, new_row};
use serde_json::{Map, Value};
use vocabulary::{Code, Session, random};

use super::{NewThing, NewThings};
use crate::{
    BookOperate,
    image::{self, ThingImage},
    items::{self, Head},
    outbox,
    refusal::Refusal,
    store::{
        cmatrix_event, cmatrix_thing, event,
        find::{self, Named},
        insert_all, matrix, thing,
    },
};

type Item = Map<String, Value>;

/// Stores a thing of an event. **Applications, for their own events.**
pub(in crate::api) async fn add(
    State(service): State<BookOperate>,
    call: Call<Application, NewThing>,
) -> Result<Json<Item>, ApiError> {
    let NewThing(new) = call.input;
    let mut stored = store(&service, &call.who.0, new).await?;
    Ok(Json(stored.pop().unwrap_or_default()))
}

/// Stores several things of an event, all or none. **Applications, for their own events.**
pub(in crate::api) async fn add_all(
    State(service): State<BookOperate>,
    call: Call<Application, NewThings>,
) -> Result<Json<Vec<Item>>, ApiError> {
    Ok(Json(store(&service, &call.who.0, call.input).await?))
}

/// A thing with the identifier it got.
struct Identified {
    identifier: String,
    head: Head,
    item: Item,
    /// Its members without a column.
    floating: Item,
}

async fn store(service: &BookOperate, session: &Session, new: NewThings) -> Result<Vec<Item>, ApiError> {
    let heads: Vec<&Head> = new.things.iter().map(|thing| &thing.head).collect();
    let app = service.storing(session, &heads)?;
    let identified: Vec<Identified> = new
        .things
        .into_iter()
        .map(|thing| {
            let identifier = random::uuid().to_string();
            let floating = image::floating(&thing.item, "");
            let item = items::identified(thing.item, &identifier);
            Identified { identifier, head: thing.head, item, floating }
        })
        .collect();
    let author = Author::new(&service.ground, session);
    let tx = service.ground.store.write().await?;
    let (event, matrix) = event_of(&tx, &new.user_id, app, &new.event).await?;
    store_things(service, &tx, &author, &event, &identified).await?;
    let rows = store_matrix(service, &tx, &author, &matrix, &identified).await?;
    let add = vec![service.element(&matrix, &rows, Vec::new())];
    outbox::note(&tx, &author, session, &Differences { add, ..Differences::default() }).await?;
    tx.commit().await?;
    service.deliver().await;
    Ok(identified.into_iter().map(|thing| thing.item).collect())
}

/// The one event of that name, locked, with its cmatrix row.
async fn event_of(
    tx: &Transaction,
    user_id: &str,
    app: Code,
    identifier: &str,
) -> Result<(event::Model, cmatrix_event::Model), ApiError> {
    let mut events = find::events(tx, user_id, app, &Named::Identifier(identifier.to_owned())).await?;
    let (Some(event), true) = (events.pop(), events.is_empty()) else {
        return Err(Refusal::NoSuchEvent.into());
    };
    let rows = matrix::events(tx, user_id, [identifier]).await?;
    let row = rows.into_iter().next().ok_or(Refusal::NoSuchEvent)?;
    Ok((event, row))
}

async fn store_things(
    service: &BookOperate,
    tx: &Transaction,
    author: &Author,
    event: &event::Model,
    things: &[Identified],
) -> Result<(), ApiError> {
    let mut rows = Vec::with_capacity(things.len());
    for Identified { identifier, head, item, .. } in things {
        rows.push(new_row!(
            author,
            thing {
                event_id: event.id,
                source_id: head.source_id.clone(),
                thing_identifier: identifier.clone(),
                thing_catalog_code: head.code.value.0,
                thing_catalog_version: head.code.ver.0,
                thing_actor_code: head.actor.value.0,
                thing_actor_version: head.actor.ver.0,
                app_catalog_code: Some(head.app.value.0),
                app_catalog_version: Some(head.app.ver.0),
                template: service.template(item)?,
            }
        ));
    }
    Ok(insert_all(tx, rows).await?)
}

/// The cmatrix rows with their hashes, and the floating members.
async fn store_matrix(
    service: &BookOperate,
    tx: &Transaction,
    author: &Author,
    event: &cmatrix_event::Model,
    things: &[Identified],
) -> Result<Vec<cmatrix_thing::Model>, ApiError> {
    let event_image = service.event_image(event);
    let row = |thing: &Identified| {
        let head = &thing.head;
        let image = ThingImage {
            identifier: thing.identifier.clone(),
            code: head.code,
            actor: head.actor,
            app: Some(head.app),
        };
        new_row!(
            author,
            cmatrix_thing {
                cmatrix_event_id: event.id,
                identifier: thing.identifier.clone(),
                code: head.code.value.0,
                version: head.code.ver.0,
                actor_code: head.actor.value.0,
                actor_version: head.actor.ver.0,
                app_code: Some(head.app.value.0).filter(|code| *code != 0),
                app_version: Some(head.app.ver.0).filter(|version| *version != 0),
                row_hash: image::row_hash(&event_image, &image, &thing.floating),
                row_hash_create_at: service.hash_time(),
            }
        )
    };
    insert_all(tx, things.iter().map(row).collect()).await?;
    let identifiers: Vec<_> = things.iter().map(|thing| thing.identifier.as_str()).collect();
    let mut stored = matrix::by_identifiers(tx, event.id, &identifiers).await?;
    if !service.settings.outer_block_store {
        let floating =
            things.iter().filter_map(|thing| Some((stored.get(&thing.identifier)?.id, &thing.floating)));
        let floating = floating.flat_map(|(id, members)| matrix::floating_rows(author, id, members));
        insert_all(tx, floating.collect()).await?;
    }
    Ok(things.iter().filter_map(|thing| stored.remove(&thing.identifier)).collect())
}
