//! Deciding at most once. A decision is claimed before its consequences begin: the approver and the time are set
//! while the status still says that nothing is decided. When something fails, the claim is given back and the
//! decision can be repeated; a crash leaves a claim that [`UNFINISHED`] later counts as not made.

use chrono::{NaiveDateTime, TimeDelta};
use platform::{ApiError, Author};
use sea_orm::{
    ConnectionTrait, DbErr, ExprTrait,
    sea_query::{Alias, Expr, Query, UpdateStatement},
};

use crate::{CatalogUpdate, refusal::Refusal};

/// How long the consequences of a decision may take.
const UNFINISHED: TimeDelta = TimeDelta::minutes(5);

/// Where an approval stands.
pub(crate) mod status {
    pub(crate) const APPLYING: i16 = 0;
    pub(crate) const APPROVED: i16 = 1;
    pub(crate) const DENIED: i16 = 2;
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

    /// Takes the right to decide, which nobody else has until it is given back.
    pub(crate) async fn claim(
        self,
        service: &CatalogUpdate,
        author: &Author,
        id: i64,
    ) -> Result<(), ApiError> {
        let stale = service.ground.store.column(service.ground.clock.now() - UNFINISHED);
        let mut update = self.undecided(author, id);
        update
            .value(Alias::new("approver"), author.login_id.clone())
            .value(Alias::new("approval_at"), author.now)
            .and_where(column("approval_at").is_null().or(column("approval_at").lt(stale)));
        let claimed = service.ground.store.read().execute(&update).await?.rows_affected();
        if claimed == 1 { Ok(()) } else { Err(Refusal::Decided.into()) }
    }

    pub(crate) async fn give_back(
        self,
        service: &CatalogUpdate,
        author: &Author,
        id: i64,
    ) -> Result<(), DbErr> {
        let mut update = self.undecided(author, id);
        update
            .value(Alias::new("approver"), Option::<String>::None)
            .value(Alias::new("approval_at"), Option::<NaiveDateTime>::None);
        service.ground.store.read().execute(&update).await.map(drop)
    }

    fn undecided(self, author: &Author, id: i64) -> UpdateStatement {
        let mut update = Query::update();
        update
            .table(Alias::new(self.table()))
            .value(Alias::new("updated_by"), author.login_id.clone())
            .value(Alias::new("updated_at"), author.now)
            .and_where(column("id").eq(id))
            .and_where(column("status").eq(status::APPLYING));
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
