//! Creating the users that the root confirmed.

use batches::{BatchError, BatchName};
use http::{Method, StatusCode};
use serde_json::json;
use testkit::Neighbours;
use vocabulary::{BlockKind, ServiceName};

use crate::stage::run;

const PATH: &str = "/book-operate/user/batch";

#[tokio::test]
async fn the_service_is_asked_once() {
    let neighbours =
        Neighbours::new().answers(ServiceName::BookOperate, Method::POST, PATH, json!({"result": "success"}));
    let report = run(BatchName::CreateUser, BlockKind::App, &neighbours).await.unwrap();
    assert!(report.is_success());
    let asked = neighbours.asked();
    assert_eq!((asked.len(), asked[0].path.as_str(), &asked[0].body), (1, PATH, &json!({})));
}

#[tokio::test]
async fn a_failing_service_breaks_the_batch_off_and_its_words_are_told() {
    let neighbours = Neighbours::new().refuses(
        ServiceName::BookOperate,
        Method::POST,
        PATH,
        503,
        json!({"message": "混雑"}),
    );
    let error = run(BatchName::CreateUser, BlockKind::App, &neighbours).await.unwrap_err();
    let BatchError::Call { failure, .. } = &error else { panic!("{error}") };
    assert_eq!(failure.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert!(error.to_string().contains("混雑"), "{error}");
}
