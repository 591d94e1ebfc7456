//! Which block runs a batch, and as whom.

use batches::{BatchError, BatchGround, BatchName, Settings};
use http::Method;
use serde_json::json;
use testkit::Neighbours;
use vocabulary::{BlockKind, ServiceName, Session};

use crate::stage::run;

#[tokio::test]
async fn a_batch_of_another_kind_of_block_is_refused_and_asks_nobody() {
    let neighbours = Neighbours::new();
    let refused = run(BatchName::CreateUser, BlockKind::Root, &neighbours).await.unwrap_err();
    assert!(matches!(refused, BatchError::NotHere { .. }), "{refused}");
    assert!(refused.to_string().contains("create-user-batch") && refused.to_string().contains("app"));
    assert!(neighbours.asked().is_empty());
}

#[tokio::test]
async fn a_block_without_a_certified_actor_runs_no_batch() {
    let mut neighbourhood = Neighbours::new().neighbourhood(BlockKind::App);
    let mut block = (*neighbourhood.block).clone();
    block.actor = None;
    neighbourhood.block = block.into();
    let refused = batches::run(BatchName::CreateUser, &BatchGround::new(neighbourhood)).await.unwrap_err();
    assert!(matches!(refused, BatchError::NoActor), "{refused}");
}

#[tokio::test]
async fn a_batch_acts_as_the_operator_of_batches_with_its_rights() {
    let neighbours = Neighbours::new().answers(
        ServiceName::BookOperate,
        Method::POST,
        "/book-operate/user/batch",
        json!({}),
    );
    let ground = BatchGround::new(neighbours.neighbourhood(BlockKind::App))
        .with(&Settings { login_id: Some("app7_batch".to_owned()), ..Settings::default() });
    batches::run(BatchName::CreateUser, &ground).await.unwrap();
    let header = neighbours.asked()[0].headers["session"].to_str().unwrap().to_owned();
    let session = Session::from_header(&header).unwrap();
    assert_eq!((session.operator_id, session.operator_type.number()), (999_999_999_999, 3));
    assert_eq!(session.login_id, "app7_batch");
    assert_eq!(session.session_id.len(), 64);
    assert_eq!(session.block, Some(ground_block(&neighbours).code));
    assert_eq!(session.actor, ground_block(&neighbours).actor);
    assert_eq!(
        session.object()["auth"],
        json!({"member": {"add": true, "update": true, "delete": true}, "app-wf-user": {"create": true}})
    );
}

fn ground_block(neighbours: &Neighbours) -> platform::Block {
    (*neighbours.neighbourhood(BlockKind::App).block).clone()
}
