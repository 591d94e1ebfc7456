//! Beginning the end of use: of books, of regions whose terms were refused, of regions that end.

use batches::BatchName;
use http::Method;
use serde_json::{Value, json};
use vocabulary::BlockKind;

use crate::{
    root::{OWN, REGION, Records, Root, book, code},
    stage::{Written, a_second_run_completes, run},
};

/// Twelve residents, so that there are two pages.
fn residents() -> Vec<Value> {
    (1..=12).map(|number| book(number, OWN, "region", REGION)).collect()
}

fn refusers(of_region: bool) -> Vec<Value> {
    let refuser = |number: i64| {
        if of_region {
            json!({"bookId": number, "pxrId": format!("p{number}"), "actor": code(OWN), "region": code(REGION)})
        } else {
            json!({"bookId": number, "pxrId": format!("p{number}")})
        }
    };
    (1..=12).map(refuser).collect()
}

fn books_that_end(written: &Written) -> Root {
    Root::new(Records { books: residents(), refusers: refusers(false), ..Records::default() }, written)
}

fn refused_regions(written: &Written) -> Root {
    Root::new(Records { books: residents(), refusers: refusers(true), ..Records::default() }, written)
}

fn ending_regions(written: &Written) -> Root {
    let stopped = vec![json!({"actor": code(OWN), "region": code(REGION)})];
    Root::new(Records { books: residents(), stopped, ..Records::default() }, written)
}

#[tokio::test]
async fn a_resident_who_refused_the_platforms_terms_is_kept_out_and_gets_an_output() {
    let root = books_that_end(&Written::default());
    let report = run(BatchName::BookEndOfUse, BlockKind::Root, &root.neighbours()).await.unwrap();
    assert_eq!((report.done, report.is_success()), (12, true));
    let written = root.written.all();
    assert_eq!(written[0], r#"PUT /book-manage/force-deletion {"pxrId":"p1"}"#);
    assert_eq!(
        written[1],
        r#"POST /book-manage/output/condition/prepare {"type":5,"pxrId":"p1","returnable":true}"#
    );
    let again = run(BatchName::BookEndOfUse, BlockKind::Root, &root.neighbours()).await.unwrap();
    assert_eq!((again.done, again.left.len(), root.written.all().len()), (0, 0, written.len()));
}

#[tokio::test]
async fn a_resident_whose_output_cannot_be_prepared_is_let_in_again() {
    let root = books_that_end(&Written::default());
    root.records().refused.push((Method::POST, "/book-manage/output/condition/prepare"));
    let report = run(BatchName::BookEndOfUse, BlockKind::Root, &root.neighbours()).await.unwrap();
    assert_eq!((report.left.len(), report.is_success()), (12, true));
    assert!(root.records().books.iter().all(|book| book["status"] == json!(0)));
}

#[tokio::test]
async fn a_resident_who_stays_out_without_an_output_is_a_failure() {
    let root = books_that_end(&Written::default());
    root.records().refusers.truncate(1);
    root.records().refused.push((Method::POST, "/book-manage/output/condition/prepare"));
    root.records().refused.push((Method::PUT, "/book-manage/force-enable"));
    let report = run(BatchName::BookEndOfUse, BlockKind::Root, &root.neighbours()).await.unwrap();
    assert_eq!((report.failed.len(), report.is_success()), (1, false));
}

#[tokio::test]
async fn closing_books_is_completed_by_the_next_run() {
    a_second_run_completes(BatchName::BookEndOfUse, BlockKind::Root, |written| {
        let root = books_that_end(written);
        root.records().refusers.truncate(3);
        root.neighbours()
    })
    .await;
}

#[tokio::test]
async fn a_resident_who_refused_a_regions_terms_gets_an_output_once() {
    let root = refused_regions(&Written::default());
    let batch = BatchName::AddRegionEndOfUseTarget;
    let report = run(batch, BlockKind::Root, &root.neighbours()).await.unwrap();
    assert_eq!((report.done, root.written.all().len()), (12, 12));
    assert_eq!(
        root.written.all()[0],
        "POST /book-manage/output/condition/prepare {\"type\":3,\"pxrId\":\"p1\",\"actor\":{\"_value\":1000431,\"_ver\":1},\
         \"region\":{\"_value\":1000500,\"_ver\":1},\"cooperationRelease\":true,\"returnable\":true}"
    );
    run(batch, BlockKind::Root, &root.neighbours()).await.unwrap();
    assert_eq!(root.written.all().len(), 12);
}

#[tokio::test]
async fn one_resident_that_fails_does_not_stop_the_others_and_fails_the_run() {
    let root = refused_regions(&Written::default());
    // His book is not there any more.
    root.records().books.remove(1);
    root.records().refusers.remove(1);
    root.records().refused.push((Method::POST, "/book-manage/output/condition/prepare"));
    let report = run(BatchName::AddRegionEndOfUseTarget, BlockKind::Root, &root.neighbours()).await.unwrap();
    assert_eq!((report.failed.len(), report.is_success()), (11, false));
    assert_eq!(report.failed[1].what, "book 3");
}

#[tokio::test]
async fn beginning_the_end_after_a_refusal_is_completed_by_the_next_run() {
    a_second_run_completes(BatchName::AddRegionEndOfUseTarget, BlockKind::Root, |written| {
        let root = refused_regions(written);
        root.records().refusers.truncate(3);
        root.neighbours()
    })
    .await;
}

#[tokio::test]
async fn every_resident_of_a_region_that_ends_gets_an_output() {
    let root = ending_regions(&Written::default());
    let report = run(BatchName::AddRegionCloseTarget, BlockKind::Root, &root.neighbours()).await.unwrap();
    assert_eq!((report.done, root.written.all().len()), (12, 12));
    assert!(root.records().outputs.iter().all(|output| output["type"] == json!(2)));
    assert_eq!(root.records().outputs[11]["bookId"], json!(12));
}

#[tokio::test]
async fn beginning_the_end_of_a_region_is_completed_by_the_next_run() {
    a_second_run_completes(BatchName::AddRegionCloseTarget, BlockKind::Root, |written| {
        let root = ending_regions(written);
        root.records().books.truncate(3);
        root.neighbours()
    })
    .await;
}
