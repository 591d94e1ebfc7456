//! What local-ctoken must hear of is noted in the transaction that stores the data, and delivered after it.
//!
//! So nothing that was acknowledged is lost, whatever happens to local-ctoken: a note stays until it was accepted.
//! Telling a note twice (a crash between its acceptance and its removal) does no harm, for local-ctoken takes the
//! same differences only once. The oldest note goes first, and while it waits for its next attempt all others wait,
//! so that what happened to one thing arrives in order. Each write delivers, each run of the batch that creates users,
//! and every minute the block itself.

use std::time::Duration;

use chrono::TimeDelta;
use contract::{CallFailure, local_ctoken::Differences};
use platform::{ApiError, Author, Transaction, new_row, update_rows};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;
use vocabulary::Session;

use crate::{BookOperate, store::ctoken_outbox};

/// How long a delivery may be on its way before another process takes it over.
const CLAIM: TimeDelta = TimeDelta::minutes(2);
/// After local-ctoken could not be reached, or failed.
const PAUSE: TimeDelta = TimeDelta::seconds(30);
/// After local-ctoken refused a note: others need not wait for it.
const LONG_PAUSE: TimeDelta = TimeDelta::hours(1);
/// How often the block looks for what still waits.
pub(crate) const EVERY: Duration = Duration::from_secs(60);
/// How long a request waits for the delivery of what it stored.
const PATIENCE: Duration = Duration::from_secs(5);

/// Notes differences in the transaction that makes them.
pub(crate) async fn note(
    tx: &Transaction,
    author: &Author,
    session: &Session,
    differences: &Differences,
) -> Result<(), ApiError> {
    if differences.is_empty() {
        return Ok(());
    }
    // On whose behalf: without what only the owner of the session needs.
    let mut identity = session.object().clone();
    identity
        .retain(|key, _| !matches!(key.as_str(), "sessionId" | "sessionKey" | "mobilePhone" | "encodeData"));
    let note = new_row!(
        author,
        ctoken_outbox {
            session: Value::Object(identity).to_string(),
            differences: serde_json::to_string(differences).map_err(ApiError::unexpected)?,
            attempts: 0,
            refused: false,
        }
    );
    note.insert(tx).await?;
    Ok(())
}

/// What came of the oldest note.
enum Step {
    /// It is out of the way.
    Done,
    /// There is none, or it waits, or somebody else has it.
    Stop,
}

impl BookOperate {
    /// Delivers what is due. No failure of it is one of the request: what is stored is stored.
    pub(crate) async fn deliver(&self) {
        let service = self.clone();
        let work = async move { service.deliver_all().await };
        if tokio::time::timeout(PATIENCE, tokio::spawn(work)).await.is_err() {
            tracing::warn!("local-ctoken is slow; the delivery goes on");
        }
    }

    /// The same, without haste.
    pub(crate) async fn deliver_all(&self) {
        loop {
            match self.deliver_oldest().await {
                Ok(Step::Done) => {}
                Ok(Step::Stop) => break,
                Err(error) => {
                    tracing::error!(%error, "the outbox for local-ctoken cannot be read");
                    break;
                }
            }
        }
    }

    async fn deliver_oldest(&self) -> Result<Step, DbErr> {
        use ctoken_outbox::{Column, Entity};
        let author = Author::named(&self.ground, "book-operate");
        let due = Condition::any().add(Column::Refused.eq(false)).add(Column::NextAttemptAt.lte(author.now));
        let connection = self.ground.store.read();
        let Some(note) = Entity::find().filter(due).order_by_asc(Column::Id).one(connection).await? else {
            return Ok(Step::Stop);
        };
        if note.next_attempt_at.is_some_and(|at| at > author.now) || !self.claim(&author, &note).await? {
            return Ok(Step::Stop);
        }
        match self.tell(&note).await {
            Ok(()) => {
                Entity::delete_by_id(note.id).exec(connection).await?;
                Ok(Step::Done)
            }
            Err(failure) => self.put_off(&author, &note, &failure).await,
        }
    }

    async fn claim(&self, author: &Author, note: &ctoken_outbox::Model) -> Result<bool, DbErr> {
        use ctoken_outbox::Column;
        let until = self.ground.store.column(self.ground.clock.now() + CLAIM);
        let free =
            Condition::any().add(Column::ClaimedUntil.is_null()).add(Column::ClaimedUntil.lt(author.now));
        let claimed = update_rows!(
            self.ground.store.read(), author, ctoken_outbox,
            { ClaimedUntil: until, Attempts: note.attempts + 1 },
            Column::Id.eq(note.id), free,
        )?;
        Ok(claimed == 1)
    }

    async fn tell(&self, note: &ctoken_outbox::Model) -> Result<(), CallFailure> {
        let unreadable = |source| CallFailure::Unreadable { service: "the outbox", source };
        let differences: Differences = serde_json::from_str(&note.differences).map_err(unreadable)?;
        let identity: Value = serde_json::from_str(&note.session).map_err(unreadable)?;
        let session =
            Session::from_json(identity).map_err(|error| unreadable(serde::de::Error::custom(error)))?;
        self.ctoken.register(&session, &differences).await
    }

    /// A note that local-ctoken refuses will hardly do better in half a minute, and others need not wait for it.
    async fn put_off(
        &self,
        author: &Author,
        note: &ctoken_outbox::Model,
        failure: &CallFailure,
    ) -> Result<Step, DbErr> {
        let refused = match failure {
            CallFailure::Status { status, .. } => status.is_client_error(),
            CallFailure::Unreadable { .. } => true,
            CallFailure::Unreachable(_) => false,
        };
        let pause = if refused { LONG_PAUSE } else { PAUSE };
        tracing::error!(note = note.id, attempts = note.attempts + 1, %failure, "local-ctoken was not told");
        let next = self.ground.store.column(self.ground.clock.now() + pause);
        update_rows!(
            self.ground.store.read(), author, ctoken_outbox,
            {
                Refused: refused, NextAttemptAt: next, LastError: failure.to_string(),
                ClaimedUntil: Option::<chrono::NaiveDateTime>::None
            },
            ctoken_outbox::Column::Id.eq(note.id),
        )?;
        Ok(if refused { Step::Done } else { Step::Stop })
    }
}
