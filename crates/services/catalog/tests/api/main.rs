//! The catalog through HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod attributes;
mod classes;
mod export;
mod freshness;
mod items;
mod many;
mod names;
mod namespaces;
mod ownership;
mod public;
mod queries;
mod ranges;
mod rendering;
mod starter;
mod text;
mod update_sets;

use platform::Ground;
use serde_json::{Value, json};
use testkit::{Bench, Database, Neighbours, member};
use vocabulary::ServiceName;

/// The namespace most items of the tests lie in.
const EXT: &str = "catalog/ext/test-org/thing";

/// An item in it; without a code it gets the next free one.
fn item(code: Value, prop: Value, value: Value) -> Value {
    json!({"catalogItem": {"ns": EXT, "name": "n", "_code": {"_value": code, "_ver": null}},
           "template": {"prop": prop, "value": value}})
}

fn router(ground: Ground) -> axum::Router {
    catalog::router(ground, catalog::Settings::default())
}

/// A catalog that nobody activated.
async fn dormant(database: Database) -> Bench {
    Bench::start::<catalog::Migrator>(ServiceName::Catalog, database, Neighbours::new(), router).await
}

/// An activated catalog with these namespaces.
async fn catalog(database: Database, namespaces: &[&str]) -> Bench {
    let bench = dormant(database).await;
    let name = json!({"name": "n", "description": "d", "ext_name": "test-org"});
    assert_eq!(post(&bench, "/catalog/name", name).await.status, 200);
    for ns in namespaces {
        let kind = ns.split('/').nth(1).unwrap();
        let reply = post(&bench, &format!("/catalog/ns/{kind}"), json!({"ns": ns, "description": "d"})).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
    bench
}

async fn post(bench: &Bench, path: &str, body: Value) -> testkit::Reply {
    bench.post(path).session(&member()).json(body).send().await
}

async fn get(bench: &Bench, path: &str) -> testkit::Reply {
    bench.get(path).session(&member()).send().await
}
