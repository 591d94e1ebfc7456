//! Bad input of every shape, on every route of the published API that is built: a refusal, never a failure.
//!
//! The table of routes is the published description of the services, read where it lies.

use std::{collections::BTreeSet, path::Path};

use http::Method;
use platform::{Channel, Outgoing};
use pxr::{assembly::Block, config::Config, template::Template};
use serde_json::{Value, json};
use testkit::Database;
use vocabulary::{BlockKind, ServiceName, Session};

use crate::support::shared;

/// A route of a service: its path with every parameter filled in, and the fields that its body names.
struct Route {
    service: ServiceName,
    method: Method,
    path: String,
    fields: BTreeSet<String>,
}

/// Answers that are no failure of ours: the neighbour that is asked is another block, which does not run here.
const ELSEWHERE: u16 = 503;

fn routes(openapi: &Path) -> Vec<Route> {
    let mut routes = Vec::new();
    for service in ServiceName::ALL {
        let Ok(text) = std::fs::read_to_string(openapi.join(format!("{service}.json"))) else { continue };
        let document: Value = serde_json::from_str(&text).unwrap();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
                let mut fields = BTreeSet::new();
                names(&operation["requestBody"], &mut fields);
                let path = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
                let path = path.collect::<Vec<_>>().join("/");
                routes.push(Route { service, method, path, fields });
            }
        }
    }
    routes
}

/// Every name of a property in a schema.
fn names(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                found.extend(properties.keys().cloned());
            }
            object.values().for_each(|value| names(value, found));
        }
        Value::Array(all) => all.iter().for_each(|value| names(value, found)),
        _ => {}
    }
}

/// Bodies that no route can use.
fn bodies(route: &Route) -> Vec<Vec<u8>> {
    let every_field_is = |value: Value| {
        Value::Object(route.fields.iter().map(|field| (field.clone(), value.clone())).collect())
            .to_string()
            .into_bytes()
    };
    let deep =
        |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000)).into_bytes();
    vec![
        b"".to_vec(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"17".to_vec(),
        b"\"text\"".to_vec(),
        b"[]".to_vec(),
        b"[null, 1, \"x\", [[]]]".to_vec(),
        b"{}".to_vec(),
        vec![b'"', 0xff, 0xfe, b'"'],
        deep("[", "]"),
        deep("{\"a\":", "}"),
        every_field_is(Value::Null),
        every_field_is(json!(true)),
        every_field_is(json!(-1)),
        every_field_is(json!(1e300)),
        every_field_is(json!(i64::MAX)),
        every_field_is(json!("\u{0}")),
        every_field_is(json!("x".repeat(100_000))),
        every_field_is(json!([])),
        every_field_is(json!([null])),
        every_field_is(json!({"_value": "x", "_ver": {}})),
        every_field_is(json!({"_value": 1, "_ver": 99_999_999_999_i64})),
        every_field_is(json!([{"_value": 1}])),
    ]
}

/// Paths and queries that no route can use.
fn paths(route: &Route) -> Vec<String> {
    let last = |text: &str| match route.path.rsplit_once("/1") {
        Some((before, after)) => format!("{before}/{text}{after}"),
        None => format!("{}?id={text}&offset={text}&limit={text}&ns={text}&code={text}", route.path),
    };
    ["x", "-1", "%00", "%FF", "99999999999999999999999", "1%27--", &"9".repeat(5000)].map(last).to_vec()
}

pub(crate) async fn block(kind: BlockKind, database: &Database, folder: &Path) -> Block {
    let mut template = Template::new(kind, 1_000_401, "root-service".to_owned());
    template.store = match &database.url {
        platform::StoreUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        platform::StoreUrl::Postgres(url) => url.clone(),
    };
    template.write(folder).unwrap();
    let mut config = Config::read(&folder.join("block.toml")).unwrap();
    config.block.actor = Some(1_000_431);
    Block::assemble(config).await.unwrap()
}

/// The failures among the answers.
async fn failures(channel: &Channel, route: &Route, sessions: &[Session]) -> Vec<String> {
    let mut found = Vec::new();
    let plain = |path: String, body: Vec<u8>, session: &Session| {
        let request = Outgoing::new(route.method.clone(), path).session(session);
        request.header("content-type", "application/json").bytes(body.into())
    };
    for session in sessions {
        let with_bodies = bodies(route).into_iter().map(|body| plain(route.path.clone(), body, session));
        let with_paths = paths(route).into_iter().map(|path| plain(path, b"{}".to_vec(), session));
        for request in with_bodies.chain(with_paths) {
            let shown = format!("{} {}", request.method, request.path.chars().take(80).collect::<String>());
            let body = String::from_utf8_lossy(&request.body).chars().take(80).collect::<String>();
            let answer = channel.send(route.service, request).await.unwrap();
            let status = answer.status.as_u16();
            if status >= 500 && status != ELSEWHERE {
                found.push(format!("{shown} {body} -> {status} {}", answer.message().unwrap_or_default()));
            }
        }
    }
    found
}

/// Resident memory of this process, in MiB.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
    line.trim().split(' ').next().and_then(|kib| kib.parse::<usize>().ok()).unwrap_or_default() / 1024
}

async fn holds(database: Database, kind: BlockKind) {
    let Some(openapi) = shared("openapi") else { return };
    let folder = tempfile::tempdir().unwrap();
    let block = block(kind, &database, folder.path()).await;
    let sessions = [testkit::member(), testkit::application(), testkit::individual()];
    let before = memory();
    let mut found = Vec::new();
    let mut asked = 0;
    for route in routes(&openapi).iter().filter(|route| route.service.runs_on(kind)) {
        found.extend(failures(&block.channel, route, &sessions).await);
        asked += 1;
    }
    assert!(asked > 30, "{asked} routes");
    assert!(found.is_empty(), "{} failures: {:#?}", found.len(), &found[..found.len().min(60)]);
    let grown = memory().saturating_sub(before);
    assert!(grown < 100, "memory grew by {grown} MiB");
}

testkit::on_both_databases! {
    async fn the_root_refuses_bad_input(database: Database) {
        holds(database, BlockKind::Root).await;
    }

    async fn an_application_block_refuses_bad_input(database: Database) {
        holds(database, BlockKind::App).await;
    }
}
