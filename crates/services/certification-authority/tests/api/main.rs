//! The certification authority through HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod caretaking;
mod issuing;
mod marks;
mod reading;

use certification_authority::{Migrator, Settings, router};
use platform::Ground;
use serde_json::{Value, json};
use testkit::{Bench, Database, Neighbours, Reply, member};
use vocabulary::{ServiceName, Session};

async fn authority(database: Database) -> Bench {
    let router = |ground: Ground| router(ground, Settings::default());
    Bench::start::<Migrator>(ServiceName::CertificationAuthority, database, Neighbours::new(), router).await
}

/// An order for block 10002 of actor 10001.
fn order() -> Value {
    json!({
        "certType": "client", "actorName": "an actor",
        "actor": {"value": 10001, "ver": 1}, "block": {"value": 10002, "ver": 2},
    })
}

async fn issue(bench: &Bench, kind: &str, order: Value) -> Value {
    let path = format!("/certification-authority/{kind}");
    let reply = bench.post(&path).session(&member()).json(order).send().await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

async fn get(bench: &Bench, session: &Session, path: &str) -> Reply {
    bench.get(&format!("/certification-authority/{path}")).session(session).send().await
}

/// Serial number and fingerprint, as paths have them.
fn path_of(issued: &Value) -> String {
    format!("{}/{}", issued["serialNo"].as_str().unwrap(), issued["fingerPrint"].as_str().unwrap())
}
