//! Deciding at most once. A decision is claimed before its consequences begin: the approver and the time are set
//! while the status still says that nothing is decided. When something fails, the claim is given back and the
//! decision can be repeated.
//!
//! Applications are written before they are announced. One that could not be announced is taken back; one that is
//! being announced has no end yet, and its `updated_at` is the claim of whoever announces it.

use chrono::NaiveDateTime;
use platform::{ApiError, Author, Claim, Store, Transaction, take_turn};
use sea_orm::{
    ConnectionTrait, DbErr, ExprTrait,
    sea_query::{Alias, Expr, Query, UpdateStatement},
};

use crate::{CatalogUpdate, refusal::Refusal};

/// Where an approval stands.
pub(crate) mod status {
    pub(crate) const APPLYING: i16 = 0;
    pub(crate) const APPROVED: i16 = 1;
    pub(crate) const DENIED: i16 = 2;
    /// The actor that takes over has agreed; the approver has still to decide.
    pub(crate) const AWAITING_FINAL: i16 = 3;
}

/// Begins to write an application. Only one at a time, over all processes: no unique key says that one thing is
/// applied for once.
pub(crate) async fn applying(store: &Store) -> Result<Transaction, ApiError> {
    let tx = store.write().await?;
    take_turn(&tx, ["catalog-update applications".to_owned()]).await?;
    Ok(tx)
}

/// The tables of approvals, which share their columns.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Approvals {
    Actor,
    Join,
    Region,
    RegionStatus,
}

impl Approvals {
    const fn table(self) -> &'static str {
        match self {
            Self::Actor => "actor_approval_manage",
            Self::Join => "join_approval_manage",
            Self::Region => "region_approval_manage",
            Self::RegionStatus => "region_status_approval_manage",
        }
    }

    /// Whether an approval is waited for under this code.
    pub(crate) async fn has_code(self, connection: &impl ConnectionTrait, code: &str) -> Result<bool, DbErr> {
        let mut query = Query::select();
        query
            .column(Alias::new("id"))
            .from(Alias::new(self.table()))
            .and_where(column("auth_code").eq(code))
            .and_where(column("is_disabled").eq(false))
            .limit(1);
        Ok(connection.query_one(&query).await?.is_some())
    }

    async fn is_open(self, connection: &impl ConnectionTrait, id: i64, stands: i64) -> Result<bool, DbErr> {
        let mut query = Query::select();
        query
            .column(Alias::new("id"))
            .from(Alias::new(self.table()))
            .and_where(column("id").eq(id))
            .and_where(column("status").eq(stands));
        Ok(connection.query_one(&query).await?.is_some())
    }

    /// Runs the consequences of a decision for whoever has the right to decide, which nobody else has meanwhile.
    /// `stands` is the status that the caller saw.
    pub(crate) async fn decide<T>(
        self,
        service: &CatalogUpdate,
        author: &Author,
        (id, stands): (i64, i64),
        consequences: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        let mut decision = UnderDecision::claim(self, service, author, id, stands).await?;
        let done = service.ground.while_held(&mut decision, consequences).await;
        let done = done.ok_or(Refusal::Decided)?;
        if done.is_err() {
            decision.give_back().await?;
        }
        done
    }
}

/// An approval whose decision is being carried out.
struct UnderDecision<'a> {
    approvals: Approvals,
    service: &'a CatalogUpdate,
    author: &'a Author,
    id: i64,
    stands: i64,
    since: NaiveDateTime,
}

impl<'a> UnderDecision<'a> {
    async fn claim(
        approvals: Approvals,
        service: &'a CatalogUpdate,
        author: &'a Author,
        id: i64,
        stands: i64,
    ) -> Result<Self, ApiError> {
        let decision = Self { approvals, service, author, id, stands, since: author.now };
        let mut update = decision.update();
        update
            .value(Alias::new("approver"), author.login_id.clone())
            .value(Alias::new("approval_at"), author.now)
            .and_where(column("approval_at").is_null().or(column("approval_at").lt(service.ground.lapsed())));
        let claimed = service.ground.store.read().execute(&update).await?.rows_affected();
        if claimed == 1 {
            return Ok(decision);
        }
        let is_open = approvals.is_open(service.ground.store.read(), id, stands).await?;
        Err(if is_open { Refusal::BeingDecided } else { Refusal::Decided }.into())
    }

    async fn give_back(self) -> Result<(), DbErr> {
        let mut update = self.update();
        update
            .value(Alias::new("approver"), Option::<String>::None)
            .value(Alias::new("approval_at"), Option::<NaiveDateTime>::None)
            .and_where(column("approval_at").eq(self.since));
        self.service.ground.store.read().execute(&update).await.map(drop)
    }

    fn update(&self) -> UpdateStatement {
        let mut update = Query::update();
        update
            .table(Alias::new(self.approvals.table()))
            .value(Alias::new("updated_by"), self.author.login_id.clone())
            .value(Alias::new("updated_at"), self.author.now)
            .and_where(column("id").eq(self.id))
            .and_where(column("status").eq(self.stands));
        update
    }
}

impl Claim for UnderDecision<'_> {
    async fn renew(&mut self, now: NaiveDateTime) -> Result<bool, ApiError> {
        let mut update = self.update();
        update.value(Alias::new("approval_at"), now).and_where(column("approval_at").eq(self.since));
        let renewed = self.service.ground.store.read().execute(&update).await?;
        self.since = now;
        Ok(renewed.rows_affected() == 1)
    }
}

fn column(name: &'static str) -> Expr {
    Expr::col(Alias::new(name))
}

impl CatalogUpdate {
    /// Whether a decision is still possible. One that was never announced has no end and cannot be decided.
    pub(crate) fn check_open(&self, status: i64, until: Option<NaiveDateTime>) -> Result<(), Refusal> {
        if status == i64::from(status::APPROVED) || status == i64::from(status::DENIED) {
            return Err(Refusal::Decided);
        }
        let until = until.map(|until| self.ground.store.instant(until));
        if until.is_some_and(|until| until >= self.ground.clock.now()) {
            Ok(())
        } else {
            Err(Refusal::Expired)
        }
    }
}
