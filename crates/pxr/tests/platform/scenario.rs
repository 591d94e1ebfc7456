//! The scenario of the specs, end to end: every call that must succeed and every one that must be refused.

use pxr::demo::ScenarioStage;
use story::{Journal, Options};

use crate::support::{Place, shared};

async fn holds(place: Place) {
    let Some(folder) = shared("scenario") else { return };
    let story = story::scenario::read(&folder).unwrap();
    let mut stage = ScenarioStage(place.stage());
    let options = Options { keep_going: true, ..Options::default() };
    let report = story::run(&story, &mut stage, &mut Journal::in_memory(), &options, &mut ()).await.unwrap();
    stage.0.stop().await;
    assert!(report.failed.is_empty(), "steps that did not hold: {:#?}", report.failed);
    assert!(report.refused_differently.is_empty(), "refused differently: {:#?}", report.refused_differently);
    assert_eq!(report.done + report.failed.len(), 487, "all steps");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scenario_holds_on_sqlite() {
    holds(Place::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scenario_holds_on_postgres() {
    if let Some(place) = Place::on_postgres().await {
        holds(place).await;
    }
}
