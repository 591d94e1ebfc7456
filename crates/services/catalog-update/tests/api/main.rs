//! The catalog-update service through HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod accreditor;
mod actor;
mod crash;
mod data_operation;
mod input;
mod join;
mod kept;
mod region;
mod region_status;
mod remove;
mod store_event;
mod terms;
mod transactions;
mod update_set;
mod world;

use catalog_update::Settings;
use platform::Ground;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use testkit::{Bench, Database, Reply, member, of_actor};
use vocabulary::{ServiceName, Session};

use crate::world::{APP, OTHER_APP, REGION_ROOT, World};

async fn stage(database: Database) -> (Bench, World) {
    let world = World::new();
    let router = |ground: Ground| catalog_update::router(ground, Settings::default());
    let neighbours = world.neighbours();
    let bench =
        Bench::start::<catalog_update::Migrator>(ServiceName::CatalogUpdate, database, neighbours, router)
            .await;
    (bench, world)
}

/// A member of the root.
fn root() -> Session {
    member()
}

fn region_root() -> Session {
    of_actor(&member(), REGION_ROOT)
}

fn provider() -> Session {
    of_actor(&member(), APP)
}

fn other_provider() -> Session {
    of_actor(&member(), OTHER_APP)
}

/// A member of a block that has no actor yet.
fn newcomer() -> Session {
    let mut operator = Value::Object(member().object().clone());
    operator["block"] = json!({"_value": 2_000_900, "_ver": 1});
    operator["actor"] = Value::Null;
    Session::from_json(operator).unwrap()
}

async fn get_as(bench: &Bench, session: &Session, path: &str) -> Reply {
    bench.get(&format!("/catalog-update{path}")).session(session).send().await
}

async fn post_as(bench: &Bench, session: &Session, path: &str, body: Value) -> Reply {
    bench.post(&format!("/catalog-update{path}")).session(session).json(body).send().await
}

async fn put_as(bench: &Bench, session: &Session, path: &str, body: Value) -> Reply {
    bench.put(&format!("/catalog-update{path}")).session(session).json(body).send().await
}

/// Posts a decision to where the newest request for one wants it.
async fn decide(bench: &Bench, world: &World, session: &Session, status: i64) -> Reply {
    let decision = json!({"status": status, "comment": null});
    bench.post(&world.decided_at()).session(session).json(decision).send().await
}

fn good(reply: Reply) -> Value {
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

/// The texts that a query finds; null is an empty one.
async fn texts(bench: &Bench, column: &str, rest: &str) -> Vec<String> {
    let store = &bench.ground.store;
    let sql = format!("select coalesce(cast({column} as text), '') from {rest}");
    let rows = store.read().query_all_raw(Statement::from_string(store.backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

async fn count(bench: &Bench, rest: &str) -> usize {
    texts(bench, "1", rest).await.len()
}

async fn execute(bench: &Bench, sql: &str) {
    bench.ground.store.read().execute_unprepared(sql).await.unwrap();
}

/// The document of an actor about to be certified.
fn actor_catalog(kind: &str) -> Value {
    json!({
        "catalogItem": {"ns": format!("catalog/ext/test-org/actor/{kind}"), "name": "新", "description": "d",
                        "_code": null, "inherit": {"_value": 50, "_ver": 1}},
        "template": {"prop": null, "value": [{"key": "category", "value": null}]},
        "inner": null, "attribute": null,
    })
}

/// An application for certification by the root.
fn certification(kind: &str) -> Value {
    json!({"actorCatalog": actor_catalog(kind), "approvalActor": {"_value": world::ROOT, "_ver": 1}, "isDraft": false})
}
