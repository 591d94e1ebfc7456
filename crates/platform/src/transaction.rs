//! A writing transaction whose work is counted.

use std::{sync::Arc, time::Instant as Stopwatch};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use sea_orm_migration::async_trait::async_trait;

use crate::usage::Usage;

/// A writing transaction; nothing of it holds until `commit()`.
///
/// The database's library tells of prepared statements only: what else takes time is noted here.
#[derive(Debug)]
pub struct Transaction {
    inner: DatabaseTransaction,
    usage: Arc<Usage>,
}

impl Transaction {
    pub(crate) const fn new(inner: DatabaseTransaction, usage: Arc<Usage>) -> Self {
        Self { inner, usage }
    }

    pub async fn commit(self) -> Result<(), DbErr> {
        let stopwatch = Stopwatch::now();
        let ended = self.inner.commit().await;
        self.usage.note(0, stopwatch.elapsed());
        ended
    }

    pub async fn rollback(self) -> Result<(), DbErr> {
        let stopwatch = Stopwatch::now();
        let ended = self.inner.rollback().await;
        self.usage.note(0, stopwatch.elapsed());
        ended
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let stopwatch = Stopwatch::now();
        let done = self.inner.execute_unprepared(sql).await;
        self.usage.note(1, stopwatch.elapsed());
        done
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
}
