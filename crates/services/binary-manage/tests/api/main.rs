//! The files of a block through HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod chunk;
mod download;
mod list;
mod migration;
mod remove;
mod upload;

use binary_manage::{Migrator, Settings};
use platform::Ground;
use serde_json::{Value, json};
use testkit::{Bench, Database, Neighbours, Reply, application};
use vocabulary::{BlockKind, ServiceName};

async fn files(database: Database) -> Bench {
    files_with(database, Settings::default()).await
}

async fn files_with(database: Database, settings: Settings) -> Bench {
    let router = |ground: Ground| binary_manage::router(ground, settings);
    let service = ServiceName::BinaryManage;
    Bench::start_on::<Migrator>(BlockKind::App, service, database, Neighbours::new(), router).await
}

async fn post(bench: &Bench, path: &str) -> Reply {
    bench.post(&format!("/binary-manage/{path}")).session(&application()).send().await
}

async fn start(bench: &Bench, body: Value) -> Reply {
    bench.post("/binary-manage/upload/start").session(&application()).json(body).send().await
}

/// Announces a file; gives its id.
async fn announced(bench: &Bench, chunk_count: i64) -> String {
    let reply = start(bench, json!({"fileName": "test.jpg", "chunkCount": chunk_count})).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["id"].as_str().unwrap().to_owned()
}

async fn send(bench: &Bench, id: &str, number: i64, bytes: &[u8]) -> Reply {
    let request = bench.post(&format!("/binary-manage/upload/{id}/{number}")).session(&application());
    request.header("content-type", "application/octet-stream").bytes(bytes).send().await
}

/// A file of two chunks that was uploaded.
async fn uploaded(bench: &Bench) -> String {
    let id = announced(bench, 2).await;
    for (number, bytes) in [(1, b"one".as_slice()), (2, b"two")] {
        assert_eq!(send(bench, &id, number, bytes).await.status, 200);
    }
    assert_eq!(post(bench, &format!("upload/end/{id}")).await.status, 200);
    id
}

async fn status(bench: &Bench, id: &str) -> String {
    bench.text("status", &format!("file_upload_manage where id = '{id}'")).await
}

/// Without an identity nobody does anything.
async fn needs_a_session(bench: &Bench, path: &str) {
    let reply = bench.post(&format!("/binary-manage/{path}")).send().await;
    assert_eq!(reply.status, 401, "{path}");
}
