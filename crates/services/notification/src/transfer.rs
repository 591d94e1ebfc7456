//! A notice that is handed over again is taken once (spec: notification, defect 8).
//!
//! Whoever gets no answer sends the same notice again. The sending block then hands it over under the key of the first
//! attempt, and the block that has taken that key answers as it did before. A block of the reference knows of no keys:
//! it sends none, and what it takes it may take twice.

use chrono::TimeDelta;
use platform::{ApiError, Author, Incoming, Transaction, new_row, take_turn};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;
use sha2::{Digest, Sha256};
use vocabulary::{Session, random};

use crate::{
    Notifications,
    store::{handed_over, taken_over},
};

/// The header with the key; proxies let headers travel on.
pub(crate) const HEADER: &str = "notice-key";

/// How long the same notice counts as the same attempt. Later somebody may well mean another one.
const UNANSWERED: TimeDelta = TimeDelta::hours(1);
/// How long keys are remembered that were taken: longer than they are used.
const TAKEN: TimeDelta = TimeDelta::days(2);

/// A key that came with a request.
pub(crate) fn key(incoming: &Incoming) -> Option<&str> {
    incoming.header(HEADER).filter(|key| !key.is_empty() && key.len() <= 255)
}

impl Notifications {
    /// The key of a notice for another block: that of an attempt before, of which nobody knows how it ended.
    pub(crate) async fn hand_over(
        &self,
        session: &Session,
        notice: &Value,
        author: &Author,
    ) -> Result<String, ApiError> {
        let digest = digest(session, notice);
        let tx = self.ground.store.write().await?;
        take_turn(&tx, [format!("handed over {digest}")]).await?;
        let old = self.ground.store.column(self.ground.clock.now() - UNANSWERED);
        handed_over::Entity::delete_many().filter(handed_over::Column::CreatedAt.lt(old)).exec(&tx).await?;
        let same = handed_over::Column::Digest.eq(&digest);
        if let Some(before) = handed_over::Entity::find().filter(same).one(&tx).await? {
            return Ok(before.transfer_key);
        }
        let key = random::token();
        new_row!(author, handed_over { digest: digest, transfer_key: key.clone() }).insert(&tx).await?;
        tx.commit().await?;
        Ok(key)
    }

    /// The notice that was taken under a key before. Of two at once under the same key one waits for the other.
    pub(crate) async fn taken(
        &self,
        tx: &Transaction,
        session: &Session,
        key: &str,
    ) -> Result<Option<i64>, ApiError> {
        let block = block(session);
        take_turn(tx, [format!("taken over {block} {key}")]).await?;
        let same = taken_over::Entity::find()
            .filter(taken_over::Column::FromBlock.eq(block))
            .filter(taken_over::Column::TransferKey.eq(key));
        Ok(same.one(tx).await?.map(|before| before.notification_id))
    }

    /// Notes under which key a notice was taken.
    pub(crate) async fn take_over(
        &self,
        tx: &Transaction,
        session: &Session,
        (key, notification_id): (&str, i64),
        author: &Author,
    ) -> Result<(), ApiError> {
        let old = self.ground.store.column(self.ground.clock.now() - TAKEN);
        taken_over::Entity::delete_many().filter(taken_over::Column::CreatedAt.lt(old)).exec(tx).await?;
        let (from_block, transfer_key) = (block(session), key.to_owned());
        let row = new_row!(
            author,
            taken_over {
                from_block: from_block,
                transfer_key: transfer_key,
                notification_id: notification_id,
            }
        );
        row.insert(tx).await?;
        Ok(())
    }
}

/// The other block has answered: the same notice is another one from now on.
pub(crate) async fn arrived(tx: &Transaction, key: &str) -> Result<(), ApiError> {
    handed_over::Entity::delete_many().filter(handed_over::Column::TransferKey.eq(key)).exec(tx).await?;
    Ok(())
}

/// Keys count within the block that sends them.
fn block(session: &Session) -> i64 {
    session.block.map_or(0, |block| block.value.0)
}

/// Who says what.
fn digest(session: &Session, notice: &Value) -> String {
    let who = (block(session), session.operator_type.number(), session.operator_id);
    hex::encode(Sha256::digest(format!("{who:?} {notice}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::{application, member, of_actor};

    use super::*;

    #[test]
    fn the_same_notice_is_that_of_the_same_operator() {
        let same = digest(&member(), &json!({"a": 1}));
        assert_eq!(same, digest(&member(), &json!({"a": 1})));
        for (session, notice) in [
            (member(), json!({"a": 2})),
            (application(), json!({"a": 1})),
            (of_actor(&member(), 7), json!({"a": 1})),
        ] {
            assert_ne!(same, digest(&session, &notice));
        }
    }
}
