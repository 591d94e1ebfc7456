//! A writing transaction whose work is counted.

use std::{sync::Arc, time::Instant as Stopwatch};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use sea_orm_migration::async_trait::async_trait;

use crate::usage::{Open, Usage};

/// A writing transaction; nothing of it holds until `commit()`.
///
/// The database's library tells of prepared statements only: what else takes time is noted here.
#[derive(Debug)]
pub struct Transaction {
    inner: DatabaseTransaction,
    usage: Arc<Usage>,
    _open: Open,
}

impl Transaction {
    pub(crate) fn new(inner: DatabaseTransaction, usage: Arc<Usage>) -> Self {
        Self { inner, usage, _open: Open::begin() }
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use axum::Router;
    use vocabulary::{ServiceName, TimeZone};

    use super::*;
    use crate::{Channel, Outgoing, Store, StoreUrl};

    async fn calls(channel: &Channel) {
        let asked = channel.send(ServiceName::Catalog, Outgoing::get("/catalog/1")).await;
        assert_eq!(asked.unwrap().status, 404);
    }

    #[tokio::test]
    async fn whoever_calls_while_a_transaction_is_open_fails_where_it_is_tried_out() {
        let directory = tempfile::tempdir().unwrap();
        let url = StoreUrl::Sqlite(directory.path().to_owned());
        let store = Store::open(&url, ServiceName::Operator, TimeZone::UTC).await.unwrap();
        let channel = Channel::new(HashMap::new()).unwrap();
        channel.connect(HashMap::from([(ServiceName::Catalog, Router::new())]));
        let (one, other) = ((store.clone(), channel.clone()), (store, channel));
        Usage::of_request(async move {
            let (store, channel) = one;
            for commits in [true, false] {
                let tx = store.write().await.unwrap();
                if commits {
                    tx.commit().await.unwrap();
                } else {
                    drop(tx);
                }
                calls(&channel).await;
            }
        })
        .await;
        let wrong = tokio::spawn(Usage::of_request(async move {
            let (store, channel) = other;
            let _open = store.write().await.unwrap();
            calls(&channel).await;
        }));
        assert!(wrong.await.unwrap_err().is_panic());
    }
}
