//! The tables of the identity verification and the questions asked of them.

pub(crate) mod identify_verify;
pub(crate) mod identify_verify_claim;
pub(crate) mod identify_verify_url;

use chrono::NaiveDateTime;
use platform::ApiError;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use crate::{Verifications, refusal::Refusal};

/// An identification code that was not deleted.
pub(crate) async fn by_code(
    connection: &impl ConnectionTrait,
    code: &str,
) -> Result<Option<identify_verify::Model>, DbErr> {
    identify_verify::Entity::find()
        .filter(identify_verify::Column::Code.eq(code))
        .filter(identify_verify::Column::IsDisabled.eq(false))
        .order_by_asc(identify_verify::Column::Id)
        .one(connection)
        .await
}

/// The code of a portal URL that was not deleted.
pub(crate) async fn by_path(
    connection: &impl ConnectionTrait,
    path: &str,
) -> Result<Option<identify_verify_url::Model>, DbErr> {
    identify_verify_url::Entity::find()
        .filter(identify_verify_url::Column::Code.eq(path))
        .filter(identify_verify_url::Column::IsDisabled.eq(false))
        .order_by_asc(identify_verify_url::Column::Id)
        .one(connection)
        .await
}

impl Verifications {
    /// An identification code, which must exist.
    pub(crate) async fn code(&self, code: &str) -> Result<identify_verify::Model, ApiError> {
        let found = by_code(self.ground.store.read(), code).await?;
        Ok(found.ok_or(Refusal::NoSuchCode)?)
    }

    /// The time, as columns hold it.
    pub(crate) fn now(&self) -> NaiveDateTime {
        self.ground.store.column(self.ground.clock.now())
    }
}
