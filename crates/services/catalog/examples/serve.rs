//! TEMPORARY: the catalog on a port, for replaying recordings.
#![allow(clippy::all, clippy::pedantic, clippy::unwrap_used)]
use axum::{Json, Router, body::Body, routing::post};
use http::{Method, Request};
use platform::{Origin, Store};
use serde_json::Value;
use testkit::{Bench, Database, Neighbours};

use vocabulary::{ServiceName, TimeZone};

#[tokio::main]
async fn main() {
    let database = Database::sqlite();
    let settings: catalog::Settings =
        std::env::args().nth(2).map(|text| serde_json::from_str(&text).unwrap()).unwrap_or_default();
    println!("{:?}", database.url);
    let store = Store::open(&database.url, ServiceName::Catalog, TimeZone::TOKYO).await.unwrap();
    let neighbours =
        Neighbours::new().refuses(ServiceName::Operator, Method::POST, "/operator/session", 500, Value::Null);
    let mut inner = None;
    let bench =
        Bench::start::<catalog::Migrator>(ServiceName::Catalog, database, neighbours, |mut ground| {
            ground.store = store;
            let router = catalog::router(ground, settings);
            inner = Some(router.clone());
            router
        })
        .await;
    let neighbours = bench.neighbours.clone();
    let inner: Router = inner.unwrap();
    let control = move |Json(rule): Json<Value>| {
        let neighbours = neighbours.clone();
        async move {
            let status = rule["status"].as_u64().unwrap() as u16;
            let _ = neighbours.refuses(
                ServiceName::Operator,
                Method::POST,
                "/operator/session",
                status,
                rule["body"].clone(),
            );
        }
    };
    let inside =
        axum::middleware::from_fn(|mut request: Request<Body>, next: axum::middleware::Next| async move {
            request.extensions_mut().insert(Origin::Inside);
            next.run(request).await
        });
    let app = Router::new().route("/_operator", post(control)).fallback_service(inner).layer(inside);
    let listener = tokio::net::TcpListener::bind(std::env::args().nth(1).unwrap()).await.unwrap();
    axum::serve(listener, app).await.unwrap();
    drop(bench);
}
