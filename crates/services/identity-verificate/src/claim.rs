//! Whoever uses a code claims it first, so that of two uses at once exactly one goes through: a use is a write in the
//! resident's book and one here, and those of two requests must not mix.
//!
//! A process that dies in between leaves a claim that ends by itself.

use chrono::TimeDelta;
use platform::{ApiError, Ground};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use vocabulary::random;

use crate::{
    refusal::Refusal,
    store::{identify_verify, identify_verify_claim},
};

/// How long a use may be on its way; a neighbour may take a minute for its answer.
const UNFINISHED: TimeDelta = TimeDelta::minutes(2);

#[derive(Debug)]
pub(crate) struct Claim {
    code: i64,
    holder: String,
}

impl Claim {
    /// Claims a code in the state in which the caller found it good.
    pub(crate) async fn take(
        ground: &Ground,
        connection: &impl ConnectionTrait,
        code: &identify_verify::Model,
    ) -> Result<Self, ApiError> {
        use identify_verify_claim::{ActiveModel, Column, Entity};
        let now = ground.clock.now();
        let stale = ground.store.column(now - UNFINISHED);
        let claim = Self { code: code.id, holder: random::uuid().to_string() };
        let row = ActiveModel {
            identify_verify_id: sea_orm::Set(claim.code),
            holder: sea_orm::Set(claim.holder.clone()),
            taken_at: sea_orm::Set(ground.store.column(now)),
        };
        let unless_held = OnConflict::column(Column::IdentifyVerifyId)
            .update_columns([Column::Holder, Column::TakenAt])
            .action_and_where(Expr::col((Entity, Column::TakenAt)).lt(stale))
            .to_owned();
        let taken = Entity::insert(row).on_conflict(unless_held).exec_without_returning(connection).await?;
        if taken == 0 {
            return Err(Refusal::InUse.into());
        }
        let found = identify_verify::Entity::find_by_id(code.id).one(connection).await?;
        if found.as_ref() == Some(code) {
            return Ok(claim);
        }
        claim.release(connection).await?;
        Err(Refusal::InUse.into())
    }

    /// Gives the code free. Whoever took too long has lost his claim, and nothing of what he did may hold.
    pub(crate) async fn release(self, connection: &impl ConnectionTrait) -> Result<(), ApiError> {
        use identify_verify_claim::{Column, Entity};
        let released = Entity::delete_many()
            .filter(Column::IdentifyVerifyId.eq(self.code))
            .filter(Column::Holder.eq(self.holder))
            .exec(connection)
            .await?;
        if released.rows_affected == 1 { Ok(()) } else { Err(Refusal::InUse.into()) }
    }
}
