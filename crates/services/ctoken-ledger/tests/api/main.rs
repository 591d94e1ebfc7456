//! The ledger through HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod count;
mod entries;
mod local;
mod once;
mod search;

use ctoken_ledger::Settings;
use http::Method;
use platform::Ground;
use serde_json::{Value, json};
use testkit::{Bench, Database, Neighbours, Reply, application, member, of_actor};
use vocabulary::{ServiceName, Session, row_hash::hash_of_list};

/// The actor of the application block that reports.
const ACTOR: i64 = 1_000_600;
const APP: i64 = 1_000_500;

async fn ledger(database: Database) -> Bench {
    ledger_with(database, neighbours()).await
}

async fn ledger_with(database: Database, neighbours: Neighbours) -> Bench {
    let router = |ground: Ground| ctoken_ledger::router(ground, Settings::default());
    Bench::start::<ctoken_ledger::Migrator>(ServiceName::CtokenLedger, database, neighbours, router).await
}

/// Book-manage knows the users `u-<person>` and, of the same person, `v-<person>`; the catalog knows actors.
fn neighbours() -> Neighbours {
    let actor = |code: i64, ns: &str| json!({"catalogItem": {"ns": ns, "name": "n", "_code": {"_value": code, "_ver": 1}}, "template": {}});
    let catalog = |neighbours: Neighbours, code: i64, ns: &str| {
        let path = format!("/catalog/{code}");
        neighbours.answers(ServiceName::Catalog, Method::GET, &path, actor(code, ns))
    };
    let neighbours = Neighbours::new().played(ServiceName::BookManage, |asked| {
        let user = asked.body["userId"].as_str().unwrap_or_default();
        match user.strip_prefix("u-").or_else(|| user.strip_prefix("v-")) {
            Some(person) => (200, json!({"pxrId": person})),
            None => (204, Value::Null),
        }
    });
    let neighbours = catalog(neighbours, 1_000_431, "catalog/ext/test-org/actor/pxr-root");
    let neighbours = catalog(neighbours, ACTOR, "catalog/ext/test-org/actor/app");
    let neighbours = catalog(neighbours, ACTOR + 1, "catalog/ext/test-org/actor/app");
    let neighbours = catalog(neighbours, 1_000_700, "catalog/ext/test-org/actor/region-root");
    catalog(neighbours, 1_000_800, "catalog/ext/test-org/actor/consumer")
}

/// The application of the block that reports.
fn reporter() -> Session {
    of_actor(&application(), ACTOR)
}

/// A UUID that ends in a number.
fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// An event of a user with things and their hashes, and documents, of an actor.
fn element_of(actor: i64, user: &str, event: u32, things: &[(u32, &str)], documents: &[u32]) -> Value {
    let thing = |(thing, hash): &(u32, &str)| {
        json!({"4_1_1": id(*thing), "4_1_2_1": 701, "4_1_2_2": 1, "4_4_1_1": actor, "4_4_1_2": 1,
               "4_4_5_1": APP, "4_4_5_2": 1, "rowHash": hash, "rowHashCreateAt": "2026-01-01T00:00:00.000Z"})
    };
    let document = |document: &u32| {
        json!({"2_n_1_1": id(*document), "2_n_1_2_1": 501, "2_n_1_2_2": 1,
               "2_n_2_1": "2026-01-01T00:00:00.000+0900", "2_n_3_1_1": actor, "2_n_3_1_2": 1,
               "2_n_3_5_1": APP, "2_n_3_5_2": 1})
    };
    json!({
        "1_1": user,
        "document": documents.iter().map(document).collect::<Vec<_>>(),
        "event": {"3_1_1": id(event), "3_1_2_1": 601, "3_1_2_2": 1, "3_2_1": "2026-01-01T09:00:00.000+0900",
                  "3_2_2": "2026-01-01T10:00:00.000+0900", "3_5_1_1": actor, "3_5_1_2": 1,
                  "3_5_5_1": APP, "3_5_5_2": 1},
        "thing": things.iter().map(thing).collect::<Vec<_>>(),
    })
}

fn element(user: &str, event: u32, things: &[(u32, &str)], documents: &[u32]) -> Value {
    element_of(ACTOR, user, event, things, documents)
}

fn gone(user: &str, event: u32, things: &[u32], documents: &[u32]) -> Value {
    let named = |key: &str, ids: &[u32]| ids.iter().map(|it| json!({key: id(*it)})).collect::<Vec<_>>();
    json!({"1_1": user, "document": named("2_n_1_1", documents), "event": {"3_1_1": id(event)},
           "thing": named("4_1_1", things)})
}

fn differences(add: &[Value], update: &[Value], delete: &[Value]) -> Value {
    json!({"add": add, "update": update, "delete": delete})
}

async fn post(bench: &Bench, session: &Session, path: &str, body: Value) -> Reply {
    bench.post(path).session(session).json(body).send().await
}

/// Reports differences that the ledger takes.
async fn report(bench: &Bench, body: Value) {
    report_as(bench, &reporter(), body).await;
}

async fn report_as(bench: &Bench, session: &Session, body: Value) {
    let reply = post(bench, session, "/ctoken-ledger/local", body).await;
    assert_eq!((reply.status, &reply.body), (200, &json!({"result": "success"})));
}

async fn add(bench: &Bench, elements: &[Value]) {
    report(bench, differences(elements, &[], &[])).await;
}

async fn update(bench: &Bench, elements: &[Value]) {
    report(bench, differences(&[], elements, &[])).await;
}

async fn delete(bench: &Bench, elements: &[Value]) {
    report(bench, differences(&[], &[], elements)).await;
}

/// The heads that a person's chain had, the newest last.
async fn heads(bench: &Bench, person: &str) -> Vec<String> {
    let of = format!("ctoken where pxr_id = '{person}' and not is_disabled");
    let mut heads = bench
        .texts("ctoken", &format!("ctoken_history where ctoken_id in (select id from {of}) order by id"))
        .await;
    heads.extend(bench.texts("ctoken", &of).await);
    heads
}

/// The heads of a chain over matrices of rows with these hashes.
fn chain(matrices: &[&[&str]]) -> Vec<String> {
    let mut heads: Vec<String> = Vec::new();
    for matrix in matrices {
        let matrix = hash_of_list(matrix);
        let head = match heads.last() {
            Some(head) => hash_of_list(&[head.as_str(), matrix.as_str()]),
            None => hash_of_list(&[matrix.as_str()]),
        };
        heads.push(head);
    }
    heads
}

/// The hashes of the rows that count.
async fn rows(bench: &Bench) -> Vec<String> {
    bench.texts("row_hash", "row_hash where not is_disabled order by id").await
}
