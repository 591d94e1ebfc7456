//! The books through HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod appendix;
mod book;
mod closing;
mod consent_to_terms;
mod consents;
mod data;
mod first_password;
mod link;
mod manage_terms;
mod open;
mod region;
mod search;
mod stand_ins;

use book_manage::Settings;
use platform::Ground;
use serde_json::Value;
use testkit::{Bench, Database, Neighbours, Reply};
use vocabulary::{ServiceName, Session};

use crate::stand_ins::catalog;

/// The service of a root block with the usual catalog.
async fn books(database: Database) -> Bench {
    books_with(database, catalog()).await
}

async fn books_with(database: Database, neighbours: Neighbours) -> Bench {
    let router = |ground: Ground| {
        book_manage::router(ground, Settings { take_over_after_ms: 300, ..Settings::default() })
    };
    Bench::start::<book_manage::Migrator>(ServiceName::BookManage, database, neighbours, router).await
}

async fn post(bench: &Bench, session: &Session, path: &str, body: Value) -> Reply {
    bench.post(path).session(session).json(body).send().await
}

async fn put(bench: &Bench, session: &Session, path: &str, body: Value) -> Reply {
    bench.put(path).session(session).json(body).send().await
}

async fn get(bench: &Bench, session: &Session, path: &str) -> Reply {
    bench.get(path).session(session).send().await
}

/// Opens a book by writing its row; gives its id.
async fn given_book(bench: &Bench, pxr_id: &str) -> i64 {
    let rows = "my_condition_book (pxr_id, attributes, appendix, created_by, updated_by)";
    bench.execute(&format!("insert into {rows} values ('{pxr_id}', 'null', 'null', 'test', 'test')")).await;
    let id = bench.text("id", &format!("my_condition_book where pxr_id = '{pxr_id}' order by id")).await;
    id.parse().unwrap()
}

/// A link of a book to an application of an actor; `status` as in `user_id_cooperate`.
async fn given_application_link(bench: &Bench, book: i64, actor: i64, app: i64, user_id: &str, status: i64) {
    let rows = "user_id_cooperate (book_id, actor_catalog_code, actor_catalog_version, app_catalog_code, \
                app_catalog_version, user_id, status, created_by, updated_by)";
    let values = format!("({book}, {actor}, 1, {app}, 1, '{user_id}', {status}, 'test', 'test')");
    bench.execute(&format!("insert into {rows} values {values}")).await;
}

/// A link of a book to a region of an actor.
async fn given_region_link(bench: &Bench, book: i64, actor: i64, region: i64, user_id: &str, status: i64) {
    let rows = "user_id_cooperate (book_id, actor_catalog_code, actor_catalog_version, region_catalog_code, \
                region_catalog_version, user_id, status, created_by, updated_by)";
    let values = format!("({book}, {actor}, 1, {region}, 1, '{user_id}', {status}, 'test', 'test')");
    bench.execute(&format!("insert into {rows} values {values}")).await;
}
