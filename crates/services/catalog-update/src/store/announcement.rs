//! Applications on the way to whoever decides about them: written, without an end yet. Their `updated_at` is the claim of
//! whoever is at it.

use chrono::NaiveDateTime;
use platform::{ApiError, Claim};
use vocabulary::Instant;

use crate::{CatalogUpdate, refusal::Refusal};

impl CatalogUpdate {
    /// Announces an application that was written then: the answer of whoever was asked, unless another request took the
    /// announcement over.
    pub(crate) async fn announce(
        &self,
        (table, id, written_at): (&'static str, i64, NaiveDateTime),
        asking: impl Future<Output = Result<Instant, ApiError>>,
    ) -> Result<Result<Instant, ApiError>, Refusal> {
        let mut claim = Claim::new(table, ("id", id), "updated_at", written_at);
        self.ground.while_held(&mut claim, asking).await.ok_or(Refusal::Requested)
    }

    /// Whether the announcement of what was written then was broken off.
    pub(crate) fn is_broken_off(&self, written_at: NaiveDateTime) -> bool {
        written_at < self.ground.lapsed()
    }
}
