//! Whether the databases of this process answer (spec: operator 4.4, D24; catalog 6.20).
//!
//! What a caller did wrong says nothing about it, and what is wrong stands in the log: outside nobody reads the names
//! of services or databases.

use std::{
    sync::Arc,
    time::{Duration, Instant as Stopwatch},
};

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use futures_util::future::join_all;
use http::StatusCode;
use sea_orm::DbBackend;
use serde_json::json;
use tokio::{sync::Mutex, time::timeout};
use vocabulary::ServiceName;

use crate::Store;

/// How long the databases have to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long an answer counts: anybody may ask, as often as he likes.
const FRESH: Duration = Duration::from_secs(1);

/// The health of a process of a block.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Asked>);

#[derive(Debug, Default)]
struct Asked {
    stores: Vec<(ServiceName, Store)>,
    last: Mutex<Option<(Stopwatch, bool)>>,
}

impl Health {
    /// That of the services with these stores.
    #[must_use]
    pub fn of(stores: Vec<(ServiceName, Store)>) -> Self {
        Self(Arc::new(Asked { stores, last: Mutex::default() }))
    }

    /// `GET /health`.
    pub(crate) async fn answer(&self) -> Response {
        if self.is_good().await {
            return Json(json!({"status": "OK"})).into_response();
        }
        let body = json!({"status": "ERROR", "message": "データベースが応答していません"});
        (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
    }

    /// Of many who ask at once, one asks the databases.
    async fn is_good(&self) -> bool {
        let mut last = self.0.last.lock().await;
        if let Some((asked, good)) = *last
            && asked.elapsed() < FRESH
        {
            return good;
        }
        let answers = join_all(self.0.to_ask().map(|(service, store)| answers(*service, store))).await;
        let good = answers.into_iter().all(|answers| answers);
        *last = Some((Stopwatch::now(), good));
        good
    }
}

impl Asked {
    /// Every file of SQLite. On PostgreSQL all services share one database: the one with most connections to spare is
    /// asked, so that services that are not used open none for it.
    fn to_ask(&self) -> impl Iterator<Item = &(ServiceName, Store)> {
        let own = self.stores.iter().filter(|(_, store)| store.backend() == DbBackend::Sqlite);
        let shared = self.stores.iter().filter(|(_, store)| store.backend() != DbBackend::Sqlite);
        own.chain(shared.max_by_key(|(_, store)| store.pool().1))
    }
}

async fn answers(service: ServiceName, store: &Store) -> bool {
    let error = match timeout(PATIENCE, store.ping()).await {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} seconds", PATIENCE.as_secs()),
    };
    tracing::error!(%service, error, "a database does not answer");
    false
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use sea_orm::TransactionTrait;
    use serde_json::Value;
    use vocabulary::TimeZone;

    use super::*;
    use crate::StoreUrl;

    async fn stores(directory: &std::path::Path) -> Vec<(ServiceName, Store)> {
        let url = StoreUrl::Sqlite(directory.to_owned());
        let mut stores = Vec::new();
        for service in [ServiceName::Catalog, ServiceName::Operator] {
            stores.push((service, Store::open(&url, service, TimeZone::UTC).await.unwrap()));
        }
        stores
    }

    async fn told(health: &Health) -> (u16, Value) {
        let (parts, body) = health.answer().await.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn a_closed_database_of_one_service_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let stores = stores(directory.path()).await;
        let (health, again) = (Health::of(stores.clone()), Health::of(stores.clone()));
        assert_eq!(told(&health).await, (200, json!({"status": "OK"})));
        stores[1].1.clone().close().await.unwrap();
        assert_eq!(told(&health).await.0, 200, "an answer counts for a second");
        let (status, body) = told(&again).await;
        assert_eq!((status, &body["status"]), (503, &json!("ERROR")));
        assert!(!body.to_string().contains("operator"), "{body}");
        tokio::time::sleep(FRESH).await;
        assert_eq!(told(&health).await.0, 503);
    }

    #[tokio::test]
    async fn a_database_that_hangs_is_told_in_time_and_so_is_its_return() {
        let directory = tempfile::tempdir().unwrap();
        let stores = stores(directory.path()).await;
        let health = Health::of(stores.clone());
        // As many as there are: whoever wants another one waits.
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(stores[0].1.read().begin().await.unwrap());
        }
        let stopwatch = Stopwatch::now();
        assert_eq!(told(&health).await.0, 503);
        assert!(stopwatch.elapsed() < PATIENCE + Duration::from_secs(2));
        drop(held);
        tokio::time::sleep(FRESH).await;
        assert_eq!(told(&health).await.0, 200);
    }
}
