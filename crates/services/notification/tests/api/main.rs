//! The notification service through HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod add;
mod decide;
mod list;
mod read;
mod transfer;

use http::Method;
use notification::Settings;
use platform::Ground;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use testkit::{Asked, Bench, Database, Neighbours, Reply, member, of_actor};
use vocabulary::{ServiceName, Session};

/// The block of all tests and its actor.
const BLOCK: i64 = 1_000_401;
const ACTOR: i64 = 1_000_431;
/// Another block.
const OTHER: i64 = 2_000_437;
const CATEGORY: i64 = 117;

async fn stage(database: Database) -> Bench {
    let router = |ground: Ground| notification::router(ground, Settings::default());
    let neighbours = Neighbours::new()
        .played(ServiceName::Catalog, catalog)
        .played(ServiceName::Operator, operators)
        .answers(ServiceName::BookManage, Method::POST, "/book-manage/search/user", json!({"pxrId": "pxr-9"}))
        .answers(ServiceName::BlockProxy, Method::POST, "/pxr-block-proxy/", json!({"result": "heard"}));
    Bench::start::<notification::Migrator>(ServiceName::Notification, database, neighbours, router).await
}

fn item(code: i64, ns: &str, template: &Value) -> Value {
    json!({"catalogItem": {"ns": ns, "name": "n", "_code": {"_value": code, "_ver": 3}, "inherit": null},
           "template": template})
}

fn catalog(asked: &Asked) -> (u16, Value) {
    const ACTORS: &str = "catalog/ext/test-org/actor/pxr-root";
    let main_block = |block: i64| json!({"main-block": {"_value": block, "_ver": 1}});
    if asked.path.contains("ns=") {
        // The actor of a block is the one whose main block it is, not the first one.
        let actors = json!([item(7, ACTORS, &main_block(8)), item(ACTOR, ACTORS, &main_block(BLOCK))]);
        return if asked.path.contains("pxr-root") { (200, actors) } else { (404, Value::Null) };
    }
    match asked.path.rsplit('/').next().unwrap().parse::<i64>().unwrap() {
        BLOCK => (200, item(BLOCK, "catalog/ext/test-org/block/pxr-root", &Value::Null)),
        OTHER => (200, item(OTHER, "catalog/ext/test-org/block/app", &Value::Null)),
        CATEGORY => (200, item(CATEGORY, "catalog/model/notification/actor", &Value::Null)),
        ACTOR => (200, item(ACTOR, ACTORS, &Value::Null)),
        500 => (500, Value::Null),
        _ => (404, Value::Null),
    }
}

/// Operators 1 and 2 are members, 9 is a resident.
fn operators(asked: &Asked) -> (u16, Value) {
    let operator =
        |id: i64, kind: i64| (200, json!({"operatorId": id, "type": kind, "loginId": format!("login{id}")}));
    if asked.path == "/operator/list" {
        let ids = asked.body["operatorId"].as_array().unwrap().iter().map(|id| id.as_i64().unwrap());
        let known = ids.filter(|id| matches!(id, 1 | 2 | 1000..2000)).map(|id| operator(id, 3).1);
        return (200, known.collect());
    }
    let query = asked.path.replace("/operator", "");
    match query.trim_matches('/') {
        "1" => operator(1, 3),
        "2" => operator(2, 3),
        "?pxrId=pxr-9" => operator(9, 0),
        _ => (204, Value::Null),
    }
}

/// Member number 2 of the block.
fn colleague() -> Session {
    let mut operator = Value::Object(member().object().clone());
    operator["operatorId"] = json!(2);
    operator["loginId"] = json!("login2");
    Session::from_json(operator).unwrap()
}

/// A member of another block who has the same number as [`member`].
fn stranger() -> Session {
    of_actor(&member(), 1_000_437)
}

/// A notice to some members.
fn notice(operators: &[i64]) -> Value {
    json!({
        "type": 0, "title": "題", "content": "文", "attribute": {"a": 1}, "category": {"_value": CATEGORY, "_ver": null},
        "destination": {"blockCode": BLOCK, "operatorType": 3, "isSendAll": operators.is_empty(),
                        "operatorId": operators},
    })
}

/// A request for a decision by all members of the block.
fn request() -> Value {
    let mut request = notice(&[]);
    request["type"] = json!(1);
    request["approval"] =
        json!({"noticeBlockCode": BLOCK, "noticeUrl": "/catalog-update/join/approval/abcd1234?x=1"});
    request
}

async fn add(bench: &Bench, session: &Session, body: Value) -> Reply {
    bench.post("/notification").session(session).json(body).send().await
}

/// Adds something as a member; gives its id.
async fn added(bench: &Bench, body: Value) -> i64 {
    let reply = add(bench, &member(), body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["id"].as_str().unwrap().parse().unwrap()
}

async fn list(bench: &Bench, session: &Session, is_send: bool, kind: i64, more: &str) -> Reply {
    let query = format!("is_send={is_send}&is_unread=false&is_approval=false&num=0&type={kind}{more}");
    bench.get(&format!("/notification?{query}")).session(session).send().await
}

fn ids(reply: &Reply) -> Vec<i64> {
    reply.body.as_array().into_iter().flatten().map(|one| one["id"].as_i64().unwrap()).collect()
}

async fn texts(bench: &Bench, column: &str, rest: &str) -> Vec<String> {
    let store = &bench.ground.store;
    let sql = format!("select coalesce(cast({column} as text), '') from {rest}");
    let rows = store.read().query_all_raw(Statement::from_string(store.backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

async fn count(bench: &Bench, rest: &str) -> usize {
    texts(bench, "1", rest).await.len()
}

/// What the proxy was asked to hand on, with the query that it was asked with.
fn handed_on(bench: &Bench) -> Vec<(String, Value)> {
    let asked = bench.neighbours.asked().into_iter();
    asked
        .filter(|asked| asked.service == Some(ServiceName::BlockProxy))
        .map(|asked| (asked.path, asked.body))
        .collect()
}

async fn execute(bench: &Bench, sql: &str) {
    bench.ground.store.read().execute_unprepared(sql).await.unwrap();
}
