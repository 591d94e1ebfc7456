//! The offices of the root through HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod consent;
mod input;
mod offices;
mod temporary;

use access_control_manage::{Migrator, Settings, router};
use http::Method;
use platform::{Ground, Origin, Peer};
use serde_json::{Value, json};
use testkit::{Bench, Database, Neighbours, Reply};
use vocabulary::{Code, ServiceName, Session};

/// The root, its actor, and an app block with its actor and application.
const ROOT: i64 = 1_000_401;
const ROOT_ACTOR: i64 = 1_000_431;
const APP_BLOCK: i64 = 77;
const APP_ACTOR: i64 = 70;
const APP: i64 = 1_000_500;

const CREATE: &str = "/access-control/access-control";

fn item(code: i64, ns: &str, template: Value) -> Value {
    let head = json!({"ns": ns, "name": "n", "_code": {"_value": code, "_ver": 1}, "inherit": {"_value": 1, "_ver": 1}});
    json!({"catalogItem": head, "template": template})
}

fn block(code: i64, kind: &str, service_name: &str) -> Value {
    let template = json!({"actor-type": kind, "base-url": "b", "service-name": service_name});
    item(code, &format!("catalog/ext/test-org/block/{kind}"), template)
}

fn code(value: i64) -> Value {
    json!({"_value": value, "_ver": 1})
}

/// A catalog with a root, an app block and their actors; both blocks create tokens.
fn platform() -> Neighbours {
    let of = ServiceName::Catalog;
    let get = Method::GET;
    let main_block = |block: i64| json!({"main-block": code(block)});
    let actor_ns = "catalog/ext/test-org/actor";
    let created = json!([{"apiUrl": "/u", "apiMethod": "GET", "apiToken": "t1", "userId": null}]);
    Neighbours::new()
        .answers(of, get.clone(), &format!("/catalog/{ROOT}"), block(ROOT, "pxr-root", "root-service"))
        .answers(of, get.clone(), &format!("/catalog/{APP_BLOCK}"), block(APP_BLOCK, "app", "app-service"))
        .answers(
            of,
            get.clone(),
            &format!("/catalog/{ROOT_ACTOR}"),
            item(ROOT_ACTOR, &format!("{actor_ns}/pxr-root"), main_block(ROOT)),
        )
        .answers(
            of,
            get.clone(),
            &format!("/catalog/{APP_ACTOR}"),
            item(APP_ACTOR, &format!("{actor_ns}/app"), main_block(APP_BLOCK)),
        )
        .answers(
            of,
            get.clone(),
            &format!("/catalog/{APP}"),
            item(APP, "a", json!({"region-alliance": [code(50)]})),
        )
        .refuses(of, get, "/catalog", 404, Value::Null)
        .answers(ServiceName::AccessControl, Method::POST, "/access-control", created.clone())
        .other_block(Method::POST, CREATE, 200, created)
}

async fn offices(database: Database, neighbours: Neighbours) -> Bench {
    let router = |ground: Ground| router(ground, Settings::default());
    Bench::start::<Migrator>(ServiceName::AccessControlManage, database, neighbours, router).await
}

/// A block at the other end of a verified connection.
fn peer(block: i64, bootstrap: bool) -> Origin {
    Origin::Peer(Peer { block: Code(block), actor: None, bootstrap, serial: "AA".to_owned() })
}

/// A planned call of the app block, as its access control completes it.
fn planned(session: &Session, method: &str, url: &str, target: i64) -> Value {
    let mut operator = json!({"type": session.operator_type.number(), "loginId": session.login_id});
    if let Some(app) = session.roles.first() {
        operator["app"] = json!(app);
        operator["role"] = json!(session.roles);
    }
    json!({
        "caller": {
            "apiCode": "0abdbf81-686c-423b-823a-ac0d889b0ae6", "blockCode": APP_BLOCK, "apiUrl": "/pxr-block-proxy",
            "apiMethod": method, "userId": null, "operator": operator,
        },
        "target": {"blockCode": target, "apiUrl": url, "apiMethod": method},
    })
}

async fn ask(bench: &Bench, office: &str, session: &Session, body: Value) -> Reply {
    bench.post(&format!("/access-control-manage/{office}")).session(session).json(body).send().await
}
