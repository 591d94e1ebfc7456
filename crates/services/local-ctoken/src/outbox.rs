//! Store events on their way to book-manage (spec: local-ctoken 4.1 processing 2, 6 D10).
//!
//! An event is written down together with the differences that it is about, and removed when book-manage has heard
//! it. Whatever happens in between, the next request that notes or sends differences tries again.

use chrono::TimeDelta;
use contract::CallFailure;
use http::StatusCode;
use platform::{ApiError, Author, Transaction, new_row, update_rows};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;
use vocabulary::Session;

use crate::{LocalCtoken, store::store_event};

/// How long an attempt may take before another process may try.
const ATTEMPT: TimeDelta = TimeDelta::minutes(3);

/// Writes down an event that book-manage must hear of.
pub(crate) async fn put(
    service: &LocalCtoken,
    tx: &Transaction,
    author: &Author,
    session: &Session,
    body: &Value,
) -> Result<(), ApiError> {
    let sealed = service.ground.seal.seal(session.header()).map_err(ApiError::unexpected)?;
    let row = new_row!(
        author,
        store_event without is_disabled {
            session: sealed,
            body: body.to_string(),
            not_before: author.now,
        }
    );
    row.insert(tx).await?;
    Ok(())
}

/// Tells book-manage what it has not heard yet. Nobody waits for it.
pub(crate) fn deliver_soon(service: &LocalCtoken) {
    let service = service.clone();
    tokio::spawn(async move {
        if let Err(error) = deliver(&service).await {
            tracing::warn!(?error, "store events are left for the next attempt");
        }
    });
}

async fn deliver(service: &LocalCtoken) -> Result<(), ApiError> {
    let _turn = service.telling.lock().await;
    let mut after = 0;
    while let Some(event) = next(service, after).await? {
        after = event.id;
        if !claim(service, &event).await? {
            continue;
        }
        match tell(service, &event).await {
            Ok(()) => remove(service, &event).await?,
            Err(failure) if is_final(&failure) => {
                tracing::error!(%failure, event = event.id, "book-manage refuses a store event");
                remove(service, &event).await?;
            }
            Err(failure) => {
                tracing::warn!(%failure, event = event.id, "book-manage has not heard a store event");
                put_off(service, &event).await?;
                if failure.status().is_none_or(|status| status.is_server_error()) {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// The oldest event that may be tried now, after one that was tried already.
async fn next(service: &LocalCtoken, after: i64) -> Result<Option<store_event::Model>, ApiError> {
    let now = service.ground.store.column(service.ground.clock.now());
    Ok(store_event::Entity::find()
        .filter(store_event::Column::Id.gt(after))
        .filter(store_event::Column::NotBefore.lte(now))
        .order_by_asc(store_event::Column::Id)
        .one(service.ground.store.read())
        .await?)
}

/// Of two that want to tell the same event, one does.
async fn claim(service: &LocalCtoken, event: &store_event::Model) -> Result<bool, ApiError> {
    Ok(wait_until(service, event, event.not_before, ATTEMPT).await? == 1)
}

async fn put_off(service: &LocalCtoken, event: &store_event::Model) -> Result<(), ApiError> {
    let ground = &service.ground;
    let age = ground.clock.now().utc() - ground.store.instant(event.created_at).utc();
    if age > TimeDelta::days(service.settings.store_event_days) {
        tracing::error!(event = event.id, "a store event is given up");
        return remove(service, event).await;
    }
    let claimed = ground.store.column(ground.clock.now() + ATTEMPT);
    wait_until(service, event, claimed, TimeDelta::seconds(service.settings.store_event_pause)).await?;
    Ok(())
}

/// Lets an event wait that was to wait until `before`.
async fn wait_until(
    service: &LocalCtoken,
    event: &store_event::Model,
    before: chrono::NaiveDateTime,
    pause: TimeDelta,
) -> Result<u64, ApiError> {
    let ground = &service.ground;
    let author = Author::named(ground, &event.updated_by);
    let until = ground.store.column(ground.clock.now() + pause);
    Ok(update_rows!(
        ground.store.read(), author, store_event, { NotBefore: until },
        store_event::Column::Id.eq(event.id), store_event::Column::NotBefore.lte(before),
    )?)
}

async fn remove(service: &LocalCtoken, event: &store_event::Model) -> Result<(), ApiError> {
    store_event::Entity::delete_by_id(event.id).exec(service.ground.store.read()).await?;
    Ok(())
}

async fn tell(service: &LocalCtoken, event: &store_event::Model) -> Result<(), CallFailure> {
    let unreadable = |cause: String| {
        CallFailure::Unreachable(platform::Unreachable { target: "book-manage".to_owned(), cause })
    };
    let session = service.ground.seal.open(&event.session).map_err(|error| unreadable(error.to_string()))?;
    let session = Session::from_header(&session).map_err(|error| unreadable(error.to_string()))?;
    let body = serde_json::from_str(&event.body).unwrap_or_default();
    service.books.tell_stored(&session, &body).await
}

/// What would be refused again and again.
fn is_final(failure: &CallFailure) -> bool {
    matches!(failure.status(), Some(StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND))
}
