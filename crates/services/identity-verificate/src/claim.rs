//! Whoever uses a code claims it first, so that of two uses at once exactly one goes through: a use is a write in the
//! resident's book and one here, and those of two requests must not mix.
//!
//! A process that dies in between leaves a claim that lapses.

use platform::{ApiError, Claim, Ground};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use vocabulary::random;

use crate::{
    refusal::Refusal,
    store::{identify_verify, identify_verify_claim},
};

#[derive(Debug)]
pub(crate) struct Use {
    pub(crate) claim: Claim,
    code: i64,
    holder: String,
}

impl Use {
    /// Claims a code in the state in which the caller found it good, as soon as nobody else uses it.
    pub(crate) async fn claim(ground: &Ground, code: &identify_verify::Model) -> Result<Self, ApiError> {
        ground.patiently(|| Self::try_to_claim(ground, code)).await
    }

    async fn try_to_claim(ground: &Ground, code: &identify_verify::Model) -> Result<Self, ApiError> {
        use identify_verify_claim::{ActiveModel, Column, Entity};
        let connection = ground.store.read();
        let lapsed = ground.lapsed();
        let (now, holder) = (ground.store.column(ground.clock.now()), random::uuid().to_string());
        let row = ActiveModel {
            identify_verify_id: sea_orm::Set(code.id),
            holder: sea_orm::Set(holder.clone()),
            taken_at: sea_orm::Set(now),
        };
        let unless_held = OnConflict::column(Column::IdentifyVerifyId)
            .update_columns([Column::Holder, Column::TakenAt])
            .action_and_where(Expr::col((Entity, Column::TakenAt)).lt(lapsed))
            .to_owned();
        let taken = Entity::insert(row).on_conflict(unless_held).exec_without_returning(connection).await?;
        if taken == 0 {
            return Err(Refusal::BeingUsed.into());
        }
        let claim = Claim::new("identify_verify_claim", ("identify_verify_id", code.id), "taken_at", now);
        let this = Self { claim, code: code.id, holder };
        let found = identify_verify::Entity::find_by_id(code.id).one(connection).await?;
        if found.as_ref() == Some(code) {
            return Ok(this);
        }
        this.release(connection).await?;
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
