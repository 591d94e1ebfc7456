//! The gate of a block through HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod forward;
mod logs;
mod reverse;

use block_proxy::{Migrator, Settings, router};
use http::Method;
use platform::{Ground, Origin, Peer};
use serde_json::{Value, json};
use testkit::{Bench, Database, Neighbours, RequestBuilder};
use vocabulary::{BlockKind, Code, ServiceName, Session};

/// The block of the bench, and the root of blocks that are not the root.
const OWN: i64 = 1_000_401;
const ROOT: i64 = 1_000_109;

const TOKEN: &str = "/access-control/token";
const COLLATE: &str = "/access-control/collate";

async fn proxy_on(kind: BlockKind, database: Database, neighbours: Neighbours) -> Bench {
    let router = |ground: Ground| router(ground, Settings::default());
    Bench::start_on::<Migrator>(kind, ServiceName::BlockProxy, database, neighbours, router).await
}

/// A block at the other end of a verified connection.
fn peer(block: i64) -> Origin {
    Origin::Peer(Peer { block: Code(block), actor: None, bootstrap: false, serial: "AA".to_owned() })
}

/// Access control that gives a token for a call to a block, and lets every token through.
fn permitting(neighbours: Neighbours, block: i64) -> Neighbours {
    let tokens = json!([{"apiUrl": "", "apiMethod": "", "blockCode": block, "apiToken": "t1"}]);
    neighbours.answers(ServiceName::AccessControl, Method::POST, TOKEN, tokens).answers(
        ServiceName::AccessControl,
        Method::POST,
        COLLATE,
        json!({"userId": null, "parameter": null}),
    )
}

/// The catalog item of a block.
fn block(code: i64, actor_type: &str, service_name: &str) -> Value {
    json!({
        "catalogItem": {
            "ns": format!("catalog/ext/test-org/block/{actor_type}"), "name": "b",
            "_code": {"_value": code, "_ver": 2},
        },
        "template": {
            "_code": {"_value": code, "_ver": 2}, "actor-type": actor_type, "service-name": service_name,
            "base-url": "b",
        },
    })
}

/// How an app block reads an item of the catalog: at the root's forward face.
fn catalog_read(code: i64) -> String {
    format!(
        "/pxr-block-proxy/pxr-block-proxy/?from_block={OWN}&from_path=%2Fpxr-block-proxy&block=$pxr-root-block&path=%2Fcatalog%2F{code}"
    )
}

/// A browser: a cookie whose session the operator service knows.
fn with_cookie(request: RequestBuilder, session: &Session) -> RequestBuilder {
    let name = session.operator_type.cookie();
    request.header("cookie", &format!("{name}=s")).from(Origin::Public)
}

fn knows(neighbours: Neighbours, session: &Session) -> Neighbours {
    let operator = Value::Object(session.object().clone());
    neighbours.answers(ServiceName::Operator, Method::POST, "/operator/session", operator)
}
