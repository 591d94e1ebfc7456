//! Deleting closed books, and their users at each block.

use batches::BatchName;
use http::Method;
use serde_json::{Value, json};
use vocabulary::{BlockKind, Session};

use crate::{
    root::{APP, OTHER, OWN, Records, Root, book, code, item, region_items},
    stage::{Written, a_second_run_completes, run},
};

const BATCH: BatchName = BatchName::BookDelete;

fn records(books: Vec<Value>) -> Records {
    let mut items = region_items();
    let pxr_root =
        item("catalog/ext/test-org/actor/pxr-root", 1_000_110, json!({"main-block": code(1_000_109)}));
    items.push(pxr_root);
    items.push(item("catalog/ext/test-org/actor/app", OWN, json!({})));
    items.push(item("catalog/ext/test-org/actor/data-trader", OTHER, json!({})));
    Records { books, items, ..Records::default() }
}

/// Two closed books with a user at the own block and one elsewhere each.
fn with_users(written: &Written) -> Root {
    let closed = |number: i64| {
        let mut closed = book(number, OWN, "app", APP);
        let elsewhere =
            json!({"actor": code(OTHER), "region": null, "app": code(5), "userId": "else", "status": 1});
        let asked_for =
            json!({"actor": code(OWN), "region": null, "app": code(6), "userId": "asked", "status": 0});
        let links = closed["cooperation"].as_array_mut().unwrap();
        links.extend([elsewhere, asked_for]);
        closed["isReserved"] = json!(true);
        closed
    };
    Root::new(records(vec![closed(1), closed(2), book(3, OWN, "app", APP)]), written)
}

/// Closed books: without links, with a data trader, with an application.
fn at_the_root(written: &Written) -> Root {
    let mut books = vec![book(1, OTHER, "app", APP), book(2, OTHER, "app", APP), book(3, OWN, "app", APP)];
    books[0]["cooperation"] = json!([]);
    for closed in &mut books {
        closed["isReserved"] = json!(true);
    }
    Root::new(records(books), written)
}

#[tokio::test]
async fn a_block_deletes_its_own_users_of_closed_books() {
    let root = with_users(&Written::default());
    let neighbours = root.neighbours();
    let report = run(BATCH, BlockKind::App, &neighbours).await.unwrap();
    assert_eq!((report.done, report.is_success()), (2, true));
    assert_eq!(
        root.written.all()[..2],
        [
            "POST /identity-verificate/code/verified {\"pxrId\":\"p1\",\"userId\":\"u1\",\"actor\":{\"_value\":1000431,\
             \"_ver\":1},\"app\":{\"_value\":1000600,\"_ver\":1}}",
            r#"POST /book-operate/user/delete?physicalDelete=true {"identifyCode":"code-of-u1"}"#,
        ]
    );
    assert_eq!(root.written.all().len(), 4);
    let asked = neighbours.asked();
    let target = asked.iter().find(|asked| asked.target().contains("delete/target")).unwrap();
    let asker = Session::from_header(target.headers["session"].to_str().unwrap()).unwrap();
    let own = Some(vocabulary::CodeVersion::new(1_000_401, 1));
    assert_eq!((asker.login_id.as_str(), asker.block), ("application000001_batch", own), "as itself");
}

#[tokio::test]
async fn a_user_that_cannot_be_deleted_does_not_stop_the_others() {
    let root = with_users(&Written::default());
    root.records().books[0]["cooperation"][0]["userId"] = json!("broken");
    root.records().refused.push((Method::POST, "/book-operate/user/delete"));
    let report = run(BATCH, BlockKind::App, &root.neighbours()).await.unwrap();
    assert_eq!((report.done, report.left.len(), report.is_success()), (0, 2, true));
}

#[tokio::test]
async fn deleting_users_is_completed_by_the_next_run() {
    a_second_run_completes(BATCH, BlockKind::App, |written| with_users(written).neighbours()).await;
}

#[tokio::test]
async fn the_root_deletes_a_book_once_no_block_has_users_of_it() {
    let root = at_the_root(&Written::default());
    let report = run(BATCH, BlockKind::Root, &root.neighbours()).await.unwrap();
    let written = root.written.all();
    assert_eq!(written[0], "DELETE /book-manage/force/p1?physicalDelete=true");
    assert!(written[1].starts_with("POST /identity-verificate/code/verified"));
    assert_eq!(written[2], r#"POST /book-manage/cooperate/release {"identifyCode":"code-of-u2"}"#);
    assert_eq!(written[3], "DELETE /book-manage/force/p2?physicalDelete=true");
    assert_eq!((report.done, written.len(), report.left.len(), report.is_success()), (2, 4, 1, true));
    assert_ne!(root.records().books[2]["isClosed"], json!(true));
}

#[tokio::test]
async fn deleting_books_is_completed_by_the_next_run() {
    a_second_run_completes(BATCH, BlockKind::Root, |written| at_the_root(written).neighbours()).await;
}
