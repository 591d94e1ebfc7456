//! Planning what is given back and deleted, and deleting it.

use batches::BatchName;
use http::Method;
use serde_json::{Value, json};
use vocabulary::BlockKind;

use crate::{
    root::{APP, OTHER, OWN, REGION, Records, Root, book, code, item, region_items},
    stage::{Written, a_second_run_completes, run},
};

const PLAN: BatchName = BatchName::OutputUserDataFileMng;
const DELETE: BatchName = BatchName::DeleteUser;

fn output(kind: i64, conditions: Value) -> Value {
    json!({"code": "c", "type": kind, "condition": conditions})
}

fn condition(id: i64, returnable: i64, deletable: i64) -> Value {
    json!({"id": id, "actor": code(OWN), "app": code(APP), "request": null, "returnable": returnable,
           "deletable": deletable})
}

/// A book that is closed: the output code, and its conditions page by page.
fn closing(written: &Written, conditions: Vec<Value>) -> Root {
    let records = Records {
        conditions,
        outputs: vec![json!({"id": 1, "bookId": 5, "pxrId": "p5", "code": "c", "bookCloseAvailable": false})],
        items: vec![item("catalog/ext/test-org/actor/app/actor_1000431/application", APP, json!({}))],
        ..Records::default()
    };
    Root::new(records, written)
}

fn planned(root: &Root) -> Vec<(Value, Value, Value, Value)> {
    let files = &root.records().files;
    let plan = |file: &Value| {
        (
            file["fileName"].clone(),
            file["uploadFileType"].clone(),
            file["isDeleteTarget"].clone(),
            file["deleteStatus"].clone(),
        )
    };
    files.iter().map(plan).collect()
}

#[tokio::test]
async fn data_that_are_given_back_are_uploaded_and_downloaded() {
    let mut wish = condition(1, 1, 1);
    wish["request"] = json!("写真もほしい");
    let root = closing(&Written::default(), vec![output(4, json!([wish]))]);
    let report = run(PLAN, BlockKind::Root, &root.neighbours()).await.unwrap();
    assert!(report.is_success() && report.done == 1);
    assert_eq!(
        planned(&root),
        [
            (json!("c/1000600-1-n-個別データ.zip"), json!(2), json!(0), json!(0)),
            (json!("c/1000600-1-n.zip"), json!(1), json!(1), json!(1)),
            (json!("c/Book閉鎖-返却データ.zip"), json!(null), json!(0), json!(0)),
        ]
    );
    let first = &root.records().files[0];
    assert_eq!((&first["mcdOutputCodeActorId"], &first["actor"]), (&json!(1), &code(OWN)));
    assert_eq!((&first["outputFileType"], &first["outputApproved"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn a_book_of_which_nothing_is_given_back_is_reserved_for_deletion() {
    let root = closing(&Written::default(), vec![output(4, json!([condition(1, 0, 1)]))]);
    run(PLAN, BlockKind::Root, &root.neighbours()).await.unwrap();
    assert_eq!(planned(&root), [(json!(null), json!(null), json!(1), json!(2))]);
    assert_eq!(root.written.all()[1], "POST /book-manage/reserve_deletion/5 {}");
    run(PLAN, BlockKind::Root, &root.neighbours()).await.unwrap();
    assert_eq!(root.written.all().len(), 2);
}

#[tokio::test]
async fn one_application_that_gives_back_keeps_the_book_even_on_another_page() {
    for (first, second) in [(0, 1), (1, 0)] {
        let pages =
            vec![output(4, json!([condition(1, first, 1)])), output(4, json!([condition(2, second, 1)]))];
        let root = closing(&Written::default(), pages);
        run(PLAN, BlockKind::Root, &root.neighbours()).await.unwrap();
        assert!(root.written.all().iter().all(|word| !word.contains("reserve_deletion")));
        assert!(planned(&root).iter().any(|file| file.0 == json!("c/Book閉鎖-返却データ.zip")));
    }
}

#[tokio::test]
async fn the_end_of_a_region_reserves_no_book() {
    let root = closing(&Written::default(), vec![output(2, json!([condition(1, 0, 0)]))]);
    run(PLAN, BlockKind::Root, &root.neighbours()).await.unwrap();
    assert!(root.written.all().is_empty());
}

#[tokio::test]
async fn an_output_that_fails_does_not_stop_the_others_and_fails_the_run() {
    let mut other = output(4, json!([condition(2, 0, 1)]));
    other["code"] = json!("d");
    let root = closing(&Written::default(), vec![output(4, json!([condition(1, 1, 0)])), other]);
    root.records().refused.push((Method::GET, "/catalog/1000600"));
    let report = run(PLAN, BlockKind::Root, &root.neighbours()).await.unwrap();
    assert_eq!((report.done, report.failed.len()), (1, 1));
    assert_eq!(report.failed[0].what, "output c");
}

#[tokio::test]
async fn planning_is_completed_by_the_next_run() {
    a_second_run_completes(PLAN, BlockKind::Root, |written| {
        let mut wish = condition(1, 1, 1);
        wish["request"] = json!("x");
        let mut other = output(4, json!([condition(2, 0, 1)]));
        other["code"] = json!("d");
        let root = closing(written, vec![output(3, json!([wish])), other]);
        let second = json!({"id": 2, "bookId": 6, "pxrId": "p6", "code": "d", "bookCloseAvailable": false});
        root.records().outputs.push(second);
        root.neighbours()
    })
    .await;
}

/// Two residents whose data are to be deleted at the own application, and one of another operator.
fn deleting(written: &Written) -> Root {
    let file = |id: i64, actor: i64, kind: &str| {
        json!({"id": id.to_string(), "pxrId": format!("p{id}"), "outputType": kind, "actor": code(actor),
               "app": {"_value": APP.to_string(), "_ver": "1"}, "region": {"_value": REGION.to_string(), "_ver": "1"},
               "outputFileType": 2, "deleteStatus": 2, "processing": 0})
    };
    let mut books: Vec<Value> =
        [(1, OWN), (2, OTHER), (3, OWN)].map(|(id, actor)| book(id, actor, "app", APP)).into();
    // The link has ended and the book is closed; the user is known all the same.
    books[2]["isClosed"] = json!(true);
    books[2]["cooperation"][0]["isEnded"] = json!(true);
    let mut items = region_items();
    items[1]["template"]["deleting-data-flag"] = json!(false);
    let files = vec![file(1, OWN, "3"), file(2, OTHER, "3"), file(3, OWN, "5")];
    Root::new(Records { books, files, items, ..Records::default() }, written)
}

#[tokio::test]
async fn stored_data_are_deleted_as_the_terms_of_use_say() {
    let root = deleting(&Written::default());
    let report = run(DELETE, BlockKind::App, &root.neighbours()).await.unwrap();
    assert_eq!((report.done, report.is_success()), (2, true));
    assert_eq!(
        root.written.all(),
        [
            "DELETE /book-operate/store/u1?physicalDelete=false&app=1000600",
            r#"PUT /book-manage/output/condition/data_mng/1 {"processing":0,"deleteStatus":3}"#,
            "DELETE /book-operate/store/u3?physicalDelete=true&app=1000600",
            r#"PUT /book-manage/output/condition/data_mng/3 {"processing":0,"deleteStatus":3}"#,
        ]
    );
}

#[tokio::test]
async fn files_of_other_operators_are_never_locked() {
    let root = deleting(&Written::default());
    let neighbours = root.neighbours();
    run(DELETE, BlockKind::App, &neighbours).await.unwrap();
    assert!(neighbours.asked().iter().all(|asked| !asked.target().ends_with("/data_mng/2")));
}

#[tokio::test]
async fn data_that_cannot_be_deleted_are_left_for_the_next_run() {
    let root = deleting(&Written::default());
    root.records().refused.push((Method::DELETE, "/book-operate/store/u1"));
    let report = run(DELETE, BlockKind::App, &root.neighbours()).await.unwrap();
    assert_eq!((report.done, report.left.len(), report.is_success()), (1, 1, true));
    assert_eq!(root.records().files[0]["processing"], json!(0));
}

#[tokio::test]
async fn deleting_data_is_completed_by_the_next_run() {
    a_second_run_completes(DELETE, BlockKind::App, |written| deleting(written).neighbours()).await;
}
