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
        let mut claim = self.claim(service, author, (id, stands)).await?;
        let done = service.ground.while_held(&mut claim, consequences).await;
        let done = done.ok_or(Refusal::Decided)?;
        if done.is_err() {
            self.give_back(service, author, (id, stands), &claim).await?;
        }
        done
    }

    async fn claim(
        self,
        service: &CatalogUpdate,
        author: &Author,
        (id, stands): (i64, i64),
    ) -> Result<Claim, ApiError> {
        let mut update = self.undecided(author, (id, stands));
        update
            .value(Alias::new("approver"), author.login_id.clone())
            .value(Alias::new("approval_at"), author.now)
            .and_where(column("approval_at").is_null().or(column("approval_at").lt(service.ground.lapsed())));
        let connection = service.ground.store.read();
        if connection.execute(&update).await?.rows_affected() == 1 {
            return Ok(Claim::new(self.table(), ("id", id), "approval_at", author.now));
        }
        let is_open = self.is_open(connection, id, stands).await?;
        Err(if is_open { Refusal::BeingDecided } else { Refusal::Decided }.into())
    }

    async fn give_back(
        self,
        service: &CatalogUpdate,
        author: &Author,
        which: (i64, i64),
        claim: &Claim,
    ) -> Result<(), DbErr> {
        let mut update = self.undecided(author, which);
        update
            .value(Alias::new("approver"), Option::<String>::None)
            .value(Alias::new("approval_at"), Option::<NaiveDateTime>::None)
            .and_where(column("approval_at").eq(claim.since()));
        service.ground.store.read().execute(&update).await.map(drop)
    }

    fn undecided(self, author: &Author, (id, stands): (i64, i64)) -> UpdateStatement {
        let mut update = Query::update();
        update
            .table(Alias::new(self.table()))
            .value(Alias::new("updated_by"), author.login_id.clone())
            .value(Alias::new("updated_at"), author.now)
            .and_where(column("id").eq(id))
            .and_where(column("status").eq(stands));
        update
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
