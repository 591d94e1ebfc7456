//! The operator service through HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod audit;
mod create;
mod csrf;
mod delete;
mod flood;
mod identify_code;
mod login;
mod onetime;
mod own_profile;
mod password;
mod phone;
mod profile;
mod profile_search;
mod read;
mod sessions;
mod sms;
mod sso;
mod stand_ins;
mod update;
mod wire;

use operator::Settings;
use platform::Ground;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use testkit::{Bench, Database, Neighbours, Reply, member};
use vocabulary::{ServiceName, Session};

use crate::stand_ins::catalog;

/// What clients send for a password: one sign, 64 times.
fn hash(sign: char) -> String {
    sign.to_string().repeat(64)
}

async fn operators(database: Database) -> Bench {
    operators_with(database, catalog(), Settings::default()).await
}

async fn operators_with(database: Database, neighbours: Neighbours, settings: Settings) -> Bench {
    let router = |ground: Ground| operator::router(ground, settings);
    Bench::start::<operator::Migrator>(ServiceName::Operator, database, neighbours, router).await
}

async fn post(bench: &Bench, path: &str, body: Value) -> Reply {
    bench.post(path).json(body).send().await
}

async fn post_as(bench: &Bench, session: &Session, path: &str, body: Value) -> Reply {
    bench.post(path).session(session).json(body).send().await
}

async fn put_as(bench: &Bench, session: &Session, path: &str, body: Value) -> Reply {
    bench.put(path).session(session).json(body).send().await
}

async fn delete_as(bench: &Bench, session: &Session, path: &str) -> Reply {
    bench.delete(path).session(session).send().await
}

async fn get_as(bench: &Bench, session: &Session, path: &str) -> Reply {
    bench.get(path).session(session).send().await
}

/// All rights over members.
fn full() -> Value {
    json!({"member": {"add": true, "update": true, "delete": true}})
}

fn new_member(login_id: &str) -> Value {
    json!({"type": 3, "loginId": login_id, "hpassword": hash('a'), "name": "M", "auth": full()})
}

fn new_resident(login_id: &str) -> Value {
    json!({"type": 0, "loginId": login_id, "hpassword": hash('a'), "pxrId": format!("pxr-{login_id}"),
           "mobilePhone": "09011112222",
           "attributes": {"initialPasswordExpire": "2026-02-01T00:00:00.000+0900"}})
}

fn new_user(user_id: &str, app: i64) -> Value {
    json!({"type": 0, "loginId": user_id, "userId": user_id, "loginProhibitedFlg": true, "appCatalogCode": app})
}

/// Adds an operator as a member with every right; gives its id.
async fn add(bench: &Bench, body: Value) -> i64 {
    let reply = post_as(bench, &member(), "/operator", body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["id"].as_i64().unwrap()
}

async fn log_in(bench: &Bench, kind: i64, login_id: &str, hpassword: &str) -> Reply {
    let path = if kind == 0 { "/operator/ind/login" } else { "/operator/login" };
    post(bench, path, json!({"type": kind, "loginId": login_id, "hpassword": hpassword})).await
}

/// Logs somebody in who has the first password; gives the id of the session.
async fn session_of(bench: &Bench, kind: i64, login_id: &str) -> String {
    let reply = log_in(bench, kind, login_id, &hash('a')).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["sessionId"].as_str().unwrap().to_owned()
}

async fn check(bench: &Bench, session_id: &str) -> Reply {
    post(bench, "/operator/session", json!({"sessionId": session_id})).await
}

/// The identity of an operator of this block, as its neighbours know it.
async fn identity(bench: &Bench, kind: i64, login_id: &str) -> Session {
    let session_id = session_of(bench, kind, login_id).await;
    Session::from_json(check(bench, &session_id).await.body).unwrap()
}

/// The texts that a query finds; null is an empty one.
async fn texts(bench: &Bench, column: &str, rest: &str) -> Vec<String> {
    let store = &bench.ground.store;
    let sql = format!("select coalesce(cast({column} as text), '') from {rest}");
    let rows = store.read().query_all_raw(Statement::from_string(store.backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

async fn text(bench: &Bench, column: &str, rest: &str) -> String {
    texts(bench, column, rest).await.pop().unwrap()
}

async fn count(bench: &Bench, rest: &str) -> usize {
    texts(bench, "1", rest).await.len()
}

async fn execute(bench: &Bench, sql: &str) {
    bench.ground.store.read().execute_unprepared(sql).await.unwrap();
}
