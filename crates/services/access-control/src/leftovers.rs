//! Tokens whose time is over are deleted (spec: access-control 6.2 #12), some at a time, while new ones are issued.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use chrono::{NaiveDateTime, TimeDelta};
use platform::{ApiError, Ground, Transaction};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    expiry,
    store::{api_access_permission, api_token},
};

/// How many issues lie between two looks, and how many of the oldest rows of a table one look takes in.
const EVERY: u32 = 64;
const AT_ONCE: u64 = 512;

/// How long a token stays after its end.
const STAY: TimeDelta = TimeDelta::hours(1);

/// What past tokens leave behind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leftovers(Arc<AtomicU32>);

impl Leftovers {
    /// Called after each issue. Nobody's call fails because of it.
    pub(crate) async fn clear(&self, ground: &Ground) {
        if self.0.fetch_add(1, Ordering::Relaxed) % EVERY < EVERY - 1 {
            return;
        }
        if let Err(error) = clear(ground).await {
            tracing::warn!(?error, "tokens that have ended could not be deleted");
        }
    }
}

async fn clear(ground: &Ground) -> Result<(), ApiError> {
    let before = expiry::column(ground.clock.now() - STAY);
    let tx = ground.store.write().await?;
    clear_kept(&tx, before).await?;
    clear_created(&tx, before).await?;
    tx.commit().await?;
    Ok(())
}

/// Rows are as old as their numbers say: to look at the oldest is enough, and needs no index.
async fn clear_kept(tx: &Transaction, before: NaiveDateTime) -> Result<(), ApiError> {
    let oldest = api_token::Entity::find()
        .select_only()
        .column(api_token::Column::Id)
        .column(api_token::Column::ExpirationDate)
        .order_by_asc(api_token::Column::Id)
        .limit(AT_ONCE);
    let oldest: Vec<(i64, NaiveDateTime)> = oldest.into_tuple().all(tx).await?;
    let ended = api_token::Column::Id.is_in(ended(oldest, before));
    api_token::Entity::delete_many().filter(ended).exec(tx).await?;
    Ok(())
}

async fn clear_created(tx: &Transaction, before: NaiveDateTime) -> Result<(), ApiError> {
    let oldest = api_access_permission::Entity::find()
        .select_only()
        .column(api_access_permission::Column::Id)
        .column(api_access_permission::Column::ExpirationDate)
        .order_by_asc(api_access_permission::Column::Id)
        .limit(AT_ONCE);
    let oldest: Vec<(i64, NaiveDateTime)> = oldest.into_tuple().all(tx).await?;
    let ended = api_access_permission::Column::Id.is_in(ended(oldest, before));
    api_access_permission::Entity::delete_many().filter(ended).exec(tx).await?;
    Ok(())
}

fn ended(rows: Vec<(i64, NaiveDateTime)>, before: NaiveDateTime) -> Vec<i64> {
    rows.into_iter().filter(|(_, end)| *end < before).map(|(id, _)| id).collect()
}
