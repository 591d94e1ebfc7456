//! Access control through HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod collate;
mod create;
mod tokens;

use access_control::{Migrator, Settings, router};
use platform::{Ground, Origin, Peer};
use serde_json::{Value, json};
use testkit::{Bench, Database, Neighbours, Reply, member};
use vocabulary::{BlockKind, Code, ServiceName, Session};

/// The block of the bench, and the root of blocks that are not the root.
const OWN: i64 = 1_000_401;
const ROOT: i64 = 1_000_109;

async fn access_control(kind: BlockKind, database: Database, neighbours: Neighbours) -> Bench {
    let router = |ground: Ground| router(ground, Settings::default());
    Bench::start_on::<Migrator>(kind, ServiceName::AccessControl, database, neighbours, router).await
}

/// A block at the other end of a verified connection.
fn peer(block: i64) -> Origin {
    Origin::Peer(Peer { block: Code(block), actor: None, bootstrap: false, serial: "AA".to_owned() })
}

/// What the root orders: one token for a member of another block.
fn order() -> Value {
    json!({
        "caller": {
            "apiCode": "0abdbf81-686c-423b-823a-ac0d889b0ae6", "blockCode": 77, "apiUrl": "/pxr-block-proxy",
            "apiMethod": "GET", "userId": null,
            "operator": {"type": 3, "loginId": "member01", "role": null},
        },
        "target": {
            "blockCode": OWN, "apiUrl": "/notification?type=1", "apiMethod": "GET",
            // Nine hours late, as the reference writes it.
            "expirationDate": "2026-01-02T03:44:05.678+0000", "parameter": null,
        },
    })
}

async fn post(bench: &Bench, path: &str, session: &Session, body: Value) -> Reply {
    bench.post(path).session(session).json(body).send().await
}

async fn create(bench: &Bench, order: Value) -> String {
    let reply = post(bench, "/access-control", &member(), json!([order])).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body[0]["apiToken"].as_str().unwrap().to_owned()
}
