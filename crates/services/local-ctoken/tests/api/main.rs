//! The local ctoken service through HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod forward;
mod register;
mod store_events;

use std::time::Duration;

use http::Method;
use local_ctoken::Settings;
use platform::Ground;
use serde_json::{Value, json};
use testkit::{Asked, Bench, Database, Neighbours, Reply, application, member};
use vocabulary::{ServiceName, Session};

const ACTOR: i64 = 1_000_431;
const APP: i64 = 1_000_500;
const STORED: &str = "/book-manage/store-event/notificate";

async fn local_ctoken(database: Database) -> Bench {
    local_ctoken_with(database, neighbours()).await
}

async fn local_ctoken_with(database: Database, neighbours: Neighbours) -> Bench {
    let router = |ground: Ground| local_ctoken::router(ground, Settings::default());
    Bench::start::<local_ctoken::Migrator>(ServiceName::LocalCtoken, database, neighbours, router).await
}

/// Neighbours that are content with everything.
fn neighbours() -> Neighbours {
    let success = json!({"result": "success"});
    Neighbours::new().answers(ServiceName::BookManage, Method::POST, STORED, success.clone()).answers(
        ServiceName::CtokenLedger,
        Method::POST,
        "/ctoken-ledger/local",
        success,
    )
}

/// A UUID that ends in a number.
fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// An event of a user with things and their hashes, and documents.
fn element(user: &str, event: u32, things: &[(u32, &str)], documents: &[u32]) -> Value {
    let thing = |(thing, hash): &(u32, &str)| {
        json!({"4_1_1": id(*thing), "4_1_2_1": 1000011, "4_1_2_2": 1, "4_4_1_1": ACTOR, "4_4_1_2": 1,
               "4_4_2_1": 0, "4_4_2_2": 0, "4_4_5_1": APP, "4_4_5_2": 1, "rowHash": hash,
               "rowHashCreateAt": "2026-01-01T00:00:00.000Z"})
    };
    let document = |document: &u32| {
        json!({"2_n_1_1": id(*document), "2_n_1_2_1": 52, "2_n_1_2_2": 1,
               "2_n_2_1": "2026-01-01T00:00:00.000+0900", "2_n_3_1_1": ACTOR, "2_n_3_1_2": 1,
               "2_n_3_2_1": 0, "2_n_3_2_2": 0, "2_n_3_5_1": APP, "2_n_3_5_2": 1})
    };
    json!({
        "1_1": user,
        "document": documents.iter().map(document).collect::<Vec<_>>(),
        "event": {"3_1_1": id(event), "3_1_2_1": 1000008, "3_1_2_2": 1,
                  "3_2_1": "2026-01-01T09:00:00.000+0900", "3_2_2": "2026-01-01T10:00:00.123+09:00",
                  "3_5_1_1": ACTOR, "3_5_1_2": 1, "3_5_2_1": 0, "3_5_2_2": 0, "3_5_5_1": APP, "3_5_5_2": 1},
        "thing": things.iter().map(thing).collect::<Vec<_>>(),
    })
}

fn gone(user: &str, event: u32, things: &[u32], documents: &[u32]) -> Value {
    let named = |key: &str, ids: &[u32]| ids.iter().map(|it| json!({key: id(*it)})).collect::<Vec<_>>();
    json!({"1_1": user, "document": named("2_n_1_1", documents), "event": {"3_1_1": id(event)},
           "thing": named("4_1_1", things)})
}

fn added(elements: &[Value]) -> Value {
    json!({"add": elements, "update": [], "delete": []})
}

fn updated(elements: &[Value]) -> Value {
    json!({"add": [], "update": elements, "delete": []})
}

fn deleted(elements: &[Value]) -> Value {
    json!({"add": [], "update": [], "delete": elements})
}

async fn post(bench: &Bench, session: &Session, path: &str, body: Value) -> Reply {
    bench.post(path).session(session).json(body).send().await
}

/// Notes differences as an application.
async fn note(bench: &Bench, body: Value) -> Reply {
    let reply = post(bench, &application(), "/local-ctoken", body).await;
    assert_eq!((reply.status, &reply.body), (200, &json!({"result": "success"})));
    reply
}

/// Sends the oldest rows as the batch.
async fn forward(bench: &Bench, count: i64) -> Reply {
    post(bench, &member(), "/local-ctoken/ledger", json!({"offset": 0, "count": count})).await
}

async fn unsent(bench: &Bench) -> i64 {
    let reply = bench.get("/local-ctoken/ledger/count").session(&member()).send().await;
    reply.body["count"].as_i64().unwrap()
}

fn asked(bench: &Bench, target: &str) -> Vec<Asked> {
    bench
        .neighbours
        .asked()
        .into_iter()
        .filter(|asked| asked.target().split('?').next() == Some(target))
        .collect()
}

/// What book-manage heard, once it heard so much.
async fn heard(bench: &Bench, count: usize) -> Vec<Value> {
    for _ in 0..200 {
        if asked(bench, STORED).len() >= count && bench.count("store_event").await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let heard: Vec<_> = asked(bench, STORED).into_iter().map(|asked| asked.body).collect();
    assert_eq!(heard.len(), count, "{heard:?}");
    heard
}

/// What the ledger was told.
fn told(bench: &Bench) -> Vec<Value> {
    asked(bench, "/ctoken-ledger/local").into_iter().map(|asked| asked.body).collect()
}
