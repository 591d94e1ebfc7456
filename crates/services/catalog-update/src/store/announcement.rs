//! Applications on the way to whoever decides about them: written, without an end yet. Their `updated_at` is renewed
//! as long as somebody is at it.

use chrono::NaiveDateTime;
use platform::{ApiError, Claim};
use sea_orm::{
    ConnectionTrait, ExprTrait,
    sea_query::{Alias, Expr, Query},
};
use vocabulary::Instant;

use crate::{CatalogUpdate, refusal::Refusal};

/// A written application that is to be announced.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Announcement {
    pub(crate) table: &'static str,
    pub(crate) id: i64,
    pub(crate) written_at: NaiveDateTime,
}

impl CatalogUpdate {
    /// Announces: the answer of whoever was asked, unless another request took the announcement over.
    pub(crate) async fn announce(
        &self,
        announcement: Announcement,
        asking: impl Future<Output = Result<Instant, ApiError>>,
    ) -> Result<Result<Instant, ApiError>, Refusal> {
        let mut claim = Announcing { service: self, announcement };
        self.ground.while_held(&mut claim, asking).await.ok_or(Refusal::Requested)
    }

    /// Whether the announcement of what was written then was broken off.
    pub(crate) fn is_broken_off(&self, written_at: NaiveDateTime) -> bool {
        written_at < self.ground.lapsed()
    }
}

struct Announcing<'a> {
    service: &'a CatalogUpdate,
    announcement: Announcement,
}

impl Claim for Announcing<'_> {
    async fn renew(&mut self, now: NaiveDateTime) -> Result<bool, ApiError> {
        let Announcement { table, id, written_at } = self.announcement;
        let column = |name| Expr::col(Alias::new(name));
        let mut update = Query::update();
        update
            .table(Alias::new(table))
            .value(Alias::new("updated_at"), now)
            .and_where(column("id").eq(id))
            .and_where(column("updated_at").eq(written_at));
        let renewed = self.service.ground.store.read().execute(&update).await?;
        self.announcement.written_at = now;
        Ok(renewed.rows_affected() == 1)
    }
}
