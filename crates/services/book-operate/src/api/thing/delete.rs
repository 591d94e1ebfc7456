//! Deleting things (spec: book-operate 4.6).

use axum::{Json, extract::State};
use contract::local_ctoken::Differences;
use platform::{ApiError, Application, Author, Call, update_rows};
use serde_json::{Map, Value};

use super::DeletedThings;
use crate::{
    BookOperate, application,
    differences::deleted,
    outbox, raw_record,
    refusal::Refusal,
    store::{find, matrix, thing},
};

/// Deletes a thing, or all things with a source id. **Applications, their own things.**
pub(in crate::api) async fn delete(
    State(service): State<BookOperate>,
    call: Call<Application, DeletedThings>,
) -> Result<Json<Map<String, Value>>, ApiError> {
    let (Application(session), DeletedThings { user_id, event, named }) = (call.who, call.input);
    let app = application::of(&session).ok_or(Refusal::NoApplication)?;
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let things = find::things(&tx, &user_id, app, &event, &named).await?;
    if things.is_empty() {
        return Err(Refusal::NoSuchThing.into());
    }
    update_rows!(
        &tx, author, thing, { IsDisabled: true },
        thing::Column::Id.is_in(things.iter().map(|thing| thing.id)),
    )?;
    let events = matrix::events(&tx, &user_id, [event.as_str()]).await?;
    let identifiers: Vec<_> = things.iter().map(|thing| thing.thing_identifier.as_str()).collect();
    let mut rows = Vec::new();
    for event in &events {
        rows.extend(matrix::by_identifiers(&tx, event.id, &identifiers).await?.into_values());
    }
    rows.sort_by_key(|row| row.id);
    if rows.is_empty() {
        return Err(Refusal::NoSuchThing.into());
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    matrix::disable_things(&tx, &author, &ids).await?;
    let gone = rows.iter().map(|row| row.identifier.as_str());
    let delete = vec![deleted(&user_id, &event, gone, [])];
    outbox::note(&tx, &author, &session, &Differences { delete, ..Differences::default() }).await?;
    tx.commit().await?;
    service.deliver().await;

    let mut answer = call.incoming.body().as_object().cloned().unwrap_or_default();
    let records = things.iter().map(|thing| raw_record::of_thing(&service, thing));
    answer.insert("thing".to_owned(), records.collect::<Result<Value, _>>()?);
    Ok(Json(answer))
}
