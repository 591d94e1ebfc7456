//! The block runs its batches when their time comes.

use std::time::Duration;

use batches::{BatchGround, Settings};
use http::Method;
use platform::{Clock, Metrics};
use serde_json::json;
use testkit::Neighbours;
use vocabulary::{BlockKind, Instant, ServiceName, TimeZone};

#[tokio::test]
async fn a_batch_runs_when_its_time_has_come_and_a_failing_one_does_not_stop_the_scheduler() {
    let neighbours = Neighbours::new()
        .refuses(ServiceName::BookOperate, Method::POST, "/book-operate/user/batch", 503, json!({}))
        .answers(ServiceName::LocalCtoken, Method::GET, "/local-ctoken/ledger/count", json!({"count": 0}));
    let ground = BatchGround::new(neighbours.neighbourhood(BlockKind::App));
    let clock = Clock::standing_at(Instant::parse("2026-11-26T22:04:59.990+0900").unwrap());
    let schedule = [("create-user", "5 * * * *"), ("link-ctoken", "6 * * * *")]
        .map(|(batch, table)| (batch.parse().unwrap(), table.parse().unwrap()))
        .into();
    let settings = Settings { schedule, ..Settings::default() };
    let metrics = Metrics::default();
    let scheduler = batches::run_scheduled(&ground, &settings, (&clock, TimeZone::TOKYO), &metrics);
    let observer = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let before = neighbours.asked().len();
        clock.advance(chrono::TimeDelta::minutes(2));
        tokio::time::sleep(Duration::from_millis(200)).await;
        (before, neighbours.asked().iter().map(|asked| asked.path.clone()).collect::<Vec<_>>())
    };
    let (before, asked) = tokio::select! {
        () = scheduler => panic!("a scheduler does not end"),
        observed = observer => observed,
    };
    assert_eq!(before, 0);
    assert_eq!(asked, ["/book-operate/user/batch", "/local-ctoken/ledger/count"]);
}
