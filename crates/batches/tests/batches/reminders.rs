//! Asking residents to agree to new terms of a region.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use batches::BatchName;
use serde_json::{Value, json};
use testkit::{Asked, Neighbours};
use vocabulary::BlockKind;

use crate::stage::{DONE, Written, a_second_run_completes, gate, played, refused, run};

const BATCH: BatchName = BatchName::RegionTermOfUseNotification;

/// So many residents to be reminded; to the first one no notice can be sent, where so asked.
fn residents(count: usize, is_first_broken: bool, written: &Written) -> Neighbours {
    let reminded = Arc::new(Mutex::new(BTreeSet::new()));
    let written = written.clone();
    played(move |asked: &Asked, path: &str| {
        if let Some(answer) = gate(asked, path, true) {
            return answer;
        }
        let mut reminded = reminded.lock().unwrap();
        let number =
            |pxr_id: &Value| pxr_id.as_str().unwrap().trim_start_matches('p').parse::<usize>().unwrap();
        match (asked.method.as_str(), path.split('?').next().unwrap()) {
            ("GET", "/book-manage/term_of_use/region/target/find") => DONE,
            ("GET", "/book-manage/term_of_use/region/target") => {
                let offset =
                    path.split("offset=").nth(1).unwrap().split('&').next().unwrap().parse().unwrap();
                let waiting = (0..count).filter(|number| !reminded.contains(number)).skip(offset).take(10);
                let terms = json!([{"_value": 9, "_ver": 2}]);
                (
                    200,
                    waiting
                        .map(|number| json!({"pxrId": format!("p{number}"), "termOfUse": terms}))
                        .collect(),
                )
            }
            ("POST", "/notification")
                if is_first_broken && asked.body["destination"]["pxrId"][0] == json!("p0") =>
            {
                refused("宛先がありません")
            }
            ("POST", "/notification") => {
                written.push(format!("notified {}", asked.body["destination"]["pxrId"][0]));
                (200, json!({"id": "1"}))
            }
            ("POST", "/book-manage/term_of_use/region/notification/complete") => {
                reminded.insert(number(&asked.body["pxrId"]));
                written.push(format!("noted {}", asked.body["pxrId"]));
                DONE
            }
            other => panic!("nobody should ask {other:?}"),
        }
    })
}

#[tokio::test]
async fn every_resident_is_notified_and_noted() {
    let written = Written::default();
    let neighbours = residents(12, false, &written);
    let report = run(BATCH, BlockKind::Root, &neighbours).await.unwrap();
    assert_eq!((report.done, written.all().len()), (12, 24));
    assert_eq!(written.all()[..2], [r#"notified "p0""#, r#"noted "p0""#]);
    let asked = neighbours.asked();
    let notice = &asked.iter().find(|asked| asked.path == "/notification").unwrap().body;
    assert_eq!((&notice["type"], &notice["category"]), (&json!(0), &json!({"_value": 187, "_ver": 1})));
    assert_eq!(notice["attribute"], json!({"code": [{"_value": 9, "_ver": 2}]}));
    assert_eq!(
        notice["destination"],
        json!({"blockCode": 1_000_401, "operatorType": 0, "isSendAll": false, "pxrId": ["p0"]})
    );
}

#[tokio::test]
async fn a_resident_that_cannot_be_notified_does_not_stop_the_others() {
    let written = Written::default();
    let report = run(BATCH, BlockKind::Root, &residents(12, true, &written)).await.unwrap();
    assert_eq!((report.done, report.left.len(), report.is_success()), (11, 1, true));
    assert_eq!(report.left[0].what, "a reminder of terms 9");
    assert!(!written.all().contains(&r#"noted "p0""#.to_owned()));
}

#[tokio::test]
async fn reminding_is_completed_by_the_next_run() {
    a_second_run_completes(BATCH, BlockKind::Root, |written| residents(3, false, written)).await;
}
