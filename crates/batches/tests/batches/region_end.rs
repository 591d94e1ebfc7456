//! Ending the links of residents who leave a region, and closing regions that ended.

use batches::BatchName;
use http::Method;
use serde_json::{Value, json};
use vocabulary::{BlockKind, Session};

use crate::{
    root::{OTHER, OWN, REGION, Records, Root, book, code, region_items, region_output},
    stage::{Written, a_second_run_completes, run},
};

/// Residents 1 to 4 leave a region, the first two by themselves.
fn leaving(written: &Written) -> Root {
    let records = Records {
        books: (1..=4).map(|number| book(number, OWN, "region", REGION)).collect(),
        outputs: vec![
            region_output(1, 3, OWN),
            region_output(2, 3, OWN),
            region_output(3, 2, OWN),
            region_output(4, 2, OWN),
        ],
        items: region_items(),
        ..Records::default()
    };
    Root::new(records, written)
}

/// The same region has ended.
fn ended(written: &Written) -> Root {
    let root = leaving(written);
    root.records().stopped.push(json!({"actor": {"_value": OWN.to_string(), "_ver": "1"},
                                       "region": {"_value": REGION.to_string(), "_ver": "1"}}));
    for output in &mut root.records().outputs {
        output["type"] = json!(2);
    }
    root
}

fn file(number: i64, output_status: i64, delete_status: i64) -> Value {
    json!({"id": "1", "pxrId": format!("p{number}"), "outputType": "3", "code": format!("output-{number}"),
           "outputStatus": output_status, "deleteStatus": delete_status})
}

#[tokio::test]
async fn the_user_is_deleted_with_a_verified_code_as_the_regions_terms_say() {
    let root = leaving(&Written::default());
    root.records().outputs.truncate(1);
    let report = run(BatchName::RegionEndOfUse, BlockKind::RegionRoot, &root.neighbours()).await.unwrap();
    assert_eq!((report.done, report.is_success()), (1, true));
    assert_eq!(
        root.written.all(),
        [
            "POST /identity-verificate/code/verified {\"pxrId\":\"p1\",\"userId\":\"u1\",\"actor\":{\"_value\":1000431,\
             \"_ver\":1},\"region\":{\"_value\":1000500,\"_ver\":1}}",
            r#"POST /book-operate/user/delete?physicalDelete=true {"identifyCode":"code-of-u1"}"#,
            r#"PUT /book-manage/output/1 {"cooperationCanceled":1,"processing":0}"#,
        ]
    );
}

#[tokio::test]
async fn terms_that_do_not_delete_only_mark() {
    let root = leaving(&Written::default());
    root.records().items[1]["template"]["deleting-data-flag"] = json!(false);
    run(BatchName::RegionEndOfUse, BlockKind::RegionRoot, &root.neighbours()).await.unwrap();
    assert!(root.written.all()[1].contains("physicalDelete=false"));
}

#[tokio::test]
async fn nobody_leaves_before_his_data_are_given_back() {
    for (output_status, delete_status, leaves) in [(0, 2, false), (0, 0, false), (1, 0, true), (0, 3, true)] {
        let root = leaving(&Written::default());
        root.records().outputs.truncate(1);
        root.records().files.push(file(1, output_status, delete_status));
        let report = run(BatchName::RegionEndOfUse, BlockKind::RegionRoot, &root.neighbours()).await.unwrap();
        assert_eq!(report.done == 1, leaves, "{output_status} {delete_status}");
        assert_eq!(root.records().outputs[0]["processing"], json!(0));
    }
}

#[tokio::test]
async fn outputs_of_other_operators_are_not_touched() {
    let root = leaving(&Written::default());
    for output in &mut root.records().outputs {
        output["actor"] = code(OTHER);
        output["processing"] = json!(1);
    }
    let report = run(BatchName::RegionEndOfUse, BlockKind::RegionRoot, &root.neighbours()).await.unwrap();
    assert_eq!((report.done, root.written.all().len()), (0, 0));
    assert!(root.records().outputs.iter().all(|output| output["processing"] == json!(1)));
}

#[tokio::test]
async fn a_failing_resident_is_unlocked_and_the_others_leave() {
    let root = leaving(&Written::default());
    root.records().books[0]["cooperation"] = json!([]);
    let report = run(BatchName::RegionEndOfUse, BlockKind::RegionRoot, &root.neighbours()).await.unwrap();
    assert_eq!((report.done, report.left.len(), report.is_success()), (3, 1, true));
    assert_eq!(root.records().outputs[0]["processing"], json!(0));
    assert_eq!(root.records().outputs[0]["cooperationCanceled"], json!(0));
}

#[tokio::test]
async fn leaving_a_region_is_completed_by_the_next_run() {
    a_second_run_completes(BatchName::RegionEndOfUse, BlockKind::RegionRoot, |written| {
        let root = leaving(written);
        root.records().outputs.drain(1..3);
        root.neighbours()
    })
    .await;
}

#[tokio::test]
async fn a_region_is_closed_when_its_last_resident_is_released() {
    let root = ended(&Written::default());
    let neighbours = root.neighbours();
    let report = run(BatchName::CloseRegion, BlockKind::Root, &neighbours).await.unwrap();
    assert!(report.is_success() && report.left.is_empty(), "{report:?}");
    let written = root.written.all();
    assert_eq!(written.iter().filter(|word| word.contains("cooperate/release")).count(), 4);
    assert_eq!(written[written.len() - 2], "PUT /catalog/ext/1000500");
    assert!(written[written.len() - 1].starts_with("PUT /book-manage/region/close"));
    assert_eq!(root.records().items[0]["template"]["status"], json!("close"));
    let asked = neighbours.asked();
    let change = asked.iter().find(|asked| asked.path == "/catalog/ext/1000500").unwrap();
    assert_eq!(change.body["catalogItem"]["_code"], json!({"_value": 1000500, "_ver": null}));
    assert_eq!(change.body["catalogItem"]["inherit"], json!({"_value": 7, "_ver": null}));
    let operator = Session::from_header(change.headers["session"].to_str().unwrap()).unwrap();
    assert_eq!(operator.actor.unwrap().value.0, OWN);
    assert_eq!(operator.object()["auth"]["catalog"], json!({"create": true, "update": true}));
}

#[tokio::test]
async fn a_region_with_residents_left_stays_open() {
    let root = ended(&Written::default());
    // Nobody prepared the output of the last one.
    root.records().outputs.pop();
    let report = run(BatchName::CloseRegion, BlockKind::Root, &root.neighbours()).await.unwrap();
    assert_eq!(root.records().items[0]["template"]["status"], json!("open"));
    assert_eq!((report.left.len(), root.records().stopped.len()), (1, 1));
}

#[tokio::test]
async fn a_resident_that_cannot_be_released_keeps_his_region_open() {
    let root = ended(&Written::default());
    root.records().refused.push((Method::POST, "/book-manage/cooperate/release"));
    let report = run(BatchName::CloseRegion, BlockKind::Root, &root.neighbours()).await.unwrap();
    assert_eq!((report.done, report.left.len(), report.is_success()), (0, 5, true));
    assert!(root.records().outputs.iter().all(|output| output["processing"] == json!(0)));
}

#[tokio::test]
async fn closing_a_region_is_completed_by_the_next_run() {
    a_second_run_completes(BatchName::CloseRegion, BlockKind::Root, |written| {
        let root = ended(written);
        root.records().outputs.truncate(2);
        root.records().books.truncate(2);
        root.neighbours()
    })
    .await;
}
