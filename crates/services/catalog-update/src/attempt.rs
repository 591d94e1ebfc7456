//! Changing the catalog once for a request, however often the request is repeated because its end was not seen.
//!
//! The update set is noted here before it is applied: whoever repeats the request finds the note and asks the catalog
//! what became of the set. The note goes in the transaction that writes what the request leaves, so that of two at
//! once one leaves it, and the same request is a new one from then on.

use platform::{ApiError, Transaction};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, QueryFilter, SqlErr,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use vocabulary::{CodeVersion, Session};

use crate::{
    CatalogUpdate,
    items::{actor_of, unreadable, unwritable},
    refusal::Refusal,
    store::catalog_attempt,
};

/// An update set that is applied.
const APPROVED: i64 = 1;

/// One change of the catalog under way.
#[derive(Debug)]
pub(crate) struct Attempt {
    id: i64,
    set: i64,
    actor: CodeVersion,
    /// The update set as an earlier attempt applied it.
    pub(crate) applied: Option<Value>,
}

impl Attempt {
    /// Registers an update set, or finds that of an earlier attempt. `what`: the kind of request.
    pub(crate) async fn begin(
        service: &CatalogUpdate,
        session: &Session,
        what: &str,
        set: &Value,
    ) -> Result<Self, ApiError> {
        let actor = actor_of(session)?;
        let request = in_short(what, set);
        let earlier = catalog_attempt::Entity::find()
            .filter(catalog_attempt::Column::ActorCode.eq(actor.value.0))
            .filter(catalog_attempt::Column::RequestHash.eq(&request))
            .one(service.ground.store.read())
            .await?;
        if let Some(earlier) = earlier {
            let mut attempt = Self { id: earlier.id, set: earlier.update_set_id, actor, applied: None };
            attempt.applied = attempt.outcome(service, session).await?;
            return Ok(attempt);
        }
        let registered = service.catalog.register_update_set(session, set).await;
        let registered = registered.map_err(|failure| unwritable(&failure))?;
        let set = registered["id"].as_i64().unwrap_or_default();
        let row = catalog_attempt::ActiveModel {
            id: NotSet,
            actor_code: Set(actor.value.0),
            request_hash: Set(request),
            update_set_id: Set(set),
            begun_at: Set(service.ground.store.column(service.ground.clock.now())),
        };
        let row = row.insert(service.ground.store.read()).await.map_err(|error| match error.sql_err() {
            // The same request is on its way just now.
            Some(SqlErr::UniqueConstraintViolation(_)) => Refusal::Requested.into(),
            _ => ApiError::from(error),
        })?;
        Ok(Self { id: row.id, set, actor, applied: None })
    }

    /// Drops the note of an earlier attempt at what is done by now.
    pub(crate) async fn forget(
        service: &CatalogUpdate,
        session: &Session,
        what: &str,
        set: &Value,
    ) -> Result<(), ApiError> {
        catalog_attempt::Entity::delete_many()
            .filter(catalog_attempt::Column::ActorCode.eq(actor_of(session)?.value.0))
            .filter(catalog_attempt::Column::RequestHash.eq(in_short(what, set)))
            .exec(service.ground.store.read())
            .await?;
        Ok(())
    }

    /// The update set, applied by now: its own actor approves it.
    pub(crate) async fn apply(&self, service: &CatalogUpdate, session: &Session) -> Result<Value, ApiError> {
        if let Some(applied) = &self.applied {
            return Ok(applied.clone());
        }
        let requested = service.catalog.request_update_set(session, self.set, self.actor.value).await;
        let Err(failure) = requested else { return requested.map_err(|failure| unwritable(&failure).into()) };
        // Otherwise nobody knows whether it was done; a repeated request will see.
        if failure.status().is_some_and(|status| status.is_client_error()) {
            if let Some(applied) = self.outcome(service, session).await? {
                return Ok(applied);
            }
            catalog_attempt::Entity::delete_by_id(self.id).exec(service.ground.store.read()).await?;
        }
        Err(unwritable(&failure).into())
    }

    /// The update set, if it is applied.
    async fn outcome(&self, service: &CatalogUpdate, session: &Session) -> Result<Option<Value>, ApiError> {
        let set =
            service.catalog.update_set(session, self.set).await.map_err(|failure| unreadable(&failure))?;
        Ok(Some(set).filter(|set| set["status"].as_i64() == Some(APPROVED)))
    }

    /// The request has left what it was to leave. Of two at once, one has.
    pub(crate) async fn end(self, tx: &Transaction) -> Result<(), ApiError> {
        let ended = catalog_attempt::Entity::delete_by_id(self.id).exec(tx).await?;
        if ended.rows_affected == 1 { Ok(()) } else { Err(Refusal::Requested.into()) }
    }
}

fn in_short(what: &str, set: &Value) -> String {
    hex::encode(Sha256::digest(format!("{what}\n{set}")))
}
