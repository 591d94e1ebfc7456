//! Telling the ledger what was stored.

use std::sync::{Arc, Mutex};

use batches::{BatchError, BatchName};
use http::Method;
use serde_json::json;
use testkit::Neighbours;
use vocabulary::BlockKind;

use crate::stage::{DONE, Written, a_second_run_completes, played, run};

/// A block with so many differences; each call sends so many of them.
fn block(differences: u64, at_once: usize, written: &Written) -> Neighbours {
    let unsent = Arc::new(Mutex::new(0..differences));
    let written = written.clone();
    played(move |asked, path| {
        let mut unsent = unsent.lock().unwrap();
        match (&asked.method, path) {
            (&Method::GET, "/local-ctoken/ledger/count") => {
                (200, json!({"count": unsent.end - unsent.start}))
            }
            (&Method::POST, "/local-ctoken/ledger") => {
                assert_eq!(asked.body, json!({"offset": 0, "count": 50}));
                unsent.by_ref().take(at_once).for_each(|number| written.push(number.to_string()));
                DONE
            }
            other => panic!("nobody should ask {other:?}"),
        }
    })
}

#[tokio::test]
async fn differences_are_sent_in_pages_until_none_is_left() {
    let written = Written::default();
    let neighbours = block(120, 50, &written);
    let report = run(BatchName::LinkCtoken, BlockKind::App, &neighbours).await.unwrap();
    assert_eq!((report.done, written.all().len()), (120, 120));
    assert_eq!(neighbours.asked().iter().filter(|asked| asked.method == Method::POST).count(), 3);
}

#[tokio::test]
async fn nothing_to_send_is_a_success() {
    let neighbours = block(0, 50, &Written::default());
    let report = run(BatchName::LinkCtoken, BlockKind::App, &neighbours).await.unwrap();
    assert_eq!((report.done, neighbours.asked().len()), (0, 1));
}

#[tokio::test]
async fn a_count_that_does_not_fall_ends_the_run() {
    let neighbours = block(3, 0, &Written::default());
    let error = run(BatchName::LinkCtoken, BlockKind::App, &neighbours).await.unwrap_err();
    assert!(matches!(error, BatchError::Stuck { count: 3 }), "{error}");
    assert_eq!(neighbours.asked().len(), 3);
}

#[tokio::test]
async fn a_run_that_was_cut_off_is_completed_by_the_next() {
    a_second_run_completes(BatchName::LinkCtoken, BlockKind::App, |written| block(120, 50, written)).await;
}
