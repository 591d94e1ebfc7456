//! What all batches are tested with.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use batches::{BatchError, BatchGround, BatchName, BatchReport};
use serde_json::{Value, json};
use testkit::{Asked, Fault, Neighbours};
use vocabulary::{BlockKind, ServiceName};

/// The writing calls that took effect and were not undone, in words.
#[derive(Clone, Debug, Default)]
pub struct Written(Arc<Mutex<Vec<String>>>);

impl Written {
    pub fn push(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    pub fn undo(&self, what: &str) {
        self.0.lock().unwrap().retain(|written| written != what);
    }

    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn set(&self) -> BTreeSet<String> {
        self.all().into_iter().collect()
    }
}

/// Neighbours whose services are all played by one function, which sees the path at the service in the end.
pub fn played(part: impl Fn(&Asked, &str) -> (u16, Value) + Clone + Send + Sync + 'static) -> Neighbours {
    ServiceName::ALL.into_iter().fold(Neighbours::new(), |neighbours, service| {
        let part = part.clone();
        neighbours.played(service, move |asked| part(asked, &asked.target()))
    })
}

/// What the root's catalog says to the question whether regions are operated; none for other questions.
pub fn gate(asked: &Asked, path: &str, is_open: bool) -> Option<(u16, Value)> {
    if asked.method != http::Method::GET {
        return None;
    }
    if path == "/catalog/name" {
        return Some((200, json!({"id": "1", "name": "n", "description": null, "ext_name": "test-org"})));
    }
    let is_settings = path.starts_with("/catalog/?ns=") && path.ends_with("setting%2Fglobal");
    let item = json!([{"catalogItem": {"ns": "catalog/ext/test-org/setting/global", "_code": {"_value": 1, "_ver": 1}},
                       "template": {"use_region_service_operation": is_open}}]);
    is_settings.then_some((200, item))
}

pub const DONE: (u16, Value) = (200, Value::Null);

pub fn refused(message: &str) -> (u16, Value) {
    (400, json!({"status": 400, "message": message}))
}

pub async fn run(
    batch: BatchName,
    kind: BlockKind,
    neighbours: &Neighbours,
) -> Result<BatchReport, BatchError> {
    batches::run(batch, &ground(kind, neighbours)).await
}

fn ground(kind: BlockKind, neighbours: &Neighbours) -> BatchGround {
    BatchGround::new(neighbours.neighbourhood(kind))
}

/// Every call of a run goes wrong once, in every way; the next run must leave the same as one clean run, and one
/// more run must find nothing to do.
pub async fn a_second_run_completes(
    batch: BatchName,
    kind: BlockKind,
    world: impl Fn(&Written) -> Neighbours,
) {
    let clean = Written::default();
    let neighbours = world(&clean);
    let report = run(batch, kind, &neighbours).await.expect("a clean run");
    assert!(report.is_success(), "{report:?}");
    let calls = neighbours.asked().len();
    for fault in Fault::each(calls) {
        let written = Written::default();
        let neighbours = world(&written);
        let ground = ground(kind, &neighbours);
        neighbours.suffer(Some(fault));
        let first = batches::run(batch, &ground).await;
        neighbours.suffer(None);
        let second = batches::run(batch, &ground).await.expect("a second run");
        assert!(second.is_success(), "{fault:?}: {first:?}, then {second:?}");
        assert_eq!(written.set(), clean.set(), "{fault:?}: {first:?}");
        let before = written.all().len();
        batches::run(batch, &ground).await.expect("a third run");
        assert_eq!(written.all().len(), before, "{fault:?}: there was nothing left to do");
    }
}
