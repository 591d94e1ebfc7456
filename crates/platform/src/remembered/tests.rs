use std::convert::Infallible;

use sea_orm::ConnectionTrait;
use vocabulary::{ServiceName, TimeZone};

use super::*;
use crate::{StoreUrl, changes::Changes};

const SERVICE: ServiceName = ServiceName::Operator;

/// A memory of one number, which is the only row of a table.
struct Place {
    store: Store,
    memory: Remembered<String, i64>,
    folder: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = opened(&folder).await;
        store
            .read()
            .execute_unprepared("create table a (n integer); insert into a values (1)")
            .await
            .unwrap();
        let memory = Remembered::of(store.clone(), 1024, |_, _| 8);
        Self { store, memory, folder }
    }

    /// The number, and whether it came from memory.
    async fn read(&self) -> (i64, bool) {
        let mut asked = false;
        let number = self.memory.or_read("a", async || {
            asked = true;
            Ok::<_, Infallible>(number(&self.store).await)
        });
        let Ok(number) = number.await;
        (number, !asked)
    }
}

async fn opened(folder: &tempfile::TempDir) -> Store {
    let url = StoreUrl::Sqlite(folder.path().to_owned());
    Store::open(&url, SERVICE, TimeZone::UTC).await.unwrap()
}

async fn number(store: &Store) -> i64 {
    let select = sea_orm::Statement::from_string(store.backend(), "select n from a");
    store.read().query_one_raw(select).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

const CHANGE: &str = "update a set n = n + 1";

#[tokio::test]
async fn what_is_remembered_ends_with_every_commit_and_with_nothing_else() {
    let place = Place::new().await;
    assert_eq!(place.read().await, (1, false));
    assert_eq!(place.read().await, (1, true));
    let tx = place.store.write().await.unwrap();
    tx.execute_unprepared(CHANGE).await.unwrap();
    assert_eq!(place.read().await, (1, true), "nobody sees what is not committed");
    tx.commit().await.unwrap();
    assert_eq!(place.read().await, (2, false));
    assert_eq!(place.read().await, (2, true));
    let tx = place.store.write().await.unwrap();
    tx.execute_unprepared(CHANGE).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(place.read().await, (2, true));
    // A single statement, without a transaction of ours.
    place.store.read().execute_unprepared(CHANGE).await.unwrap();
    assert_eq!(place.read().await, (3, false));
}

#[tokio::test]
async fn what_others_write_is_seen_over_checkpoints_and_new_files() {
    let place = Place::new().await;
    for round in 1..=4 {
        assert_eq!(place.read().await, (round, false));
        assert_eq!(place.read().await, (round, true));
        // A pool of its own, as another process has it: nothing is shared but the file.
        let other = opened(&place.folder).await;
        other.read().execute_unprepared(CHANGE).await.unwrap();
        if round % 2 == 0 {
            other.read().execute_unprepared("pragma wal_checkpoint(truncate)").await.unwrap();
        }
        other.close().await.unwrap();
    }
    assert_eq!(place.read().await, (5, false));
}

#[tokio::test]
async fn a_database_that_everybody_left_begins_a_new_version() {
    let folder = tempfile::tempdir().unwrap();
    let changes = Changes::of(&folder.path().join(format!("{}.sqlite", SERVICE.schema())));
    assert_eq!(changes.version(), None);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let store = opened(&folder).await;
        store.read().execute_unprepared("create table if not exists a (n integer)").await.unwrap();
        let version = changes.version();
        assert!(version.is_some() && !seen.contains(&version), "{version:?}");
        seen.push(version);
        store.close().await.unwrap();
        assert_eq!(changes.version(), None);
    }
}

#[tokio::test]
async fn an_answer_that_changed_while_it_was_read_is_not_given_to_others() {
    let place = Place::new().await;
    let slow = place.memory.or_read("a", async || {
        let read = number(&place.store).await;
        place.store.read().execute_unprepared(CHANGE).await.unwrap();
        Ok::<_, Infallible>(read)
    });
    assert_eq!(slow.await, Ok(1));
    assert_eq!(place.read().await, (2, false));
}

#[tokio::test]
async fn failures_are_not_kept_and_memory_is_bounded() {
    let place = Place::new().await;
    assert_eq!(place.memory.or_read("a", async || Err("no")).await, Err("no"));
    assert_eq!(place.read().await, (1, false));
    for name in 0..100 {
        place.memory.or_read(&name.to_string(), async || Ok::<_, Infallible>(name)).await.unwrap();
        let kept = place.memory.kept.read().unwrap();
        assert!(kept.taken <= 1024 && kept.answers.len() <= 7, "{}", kept.taken);
    }
}
