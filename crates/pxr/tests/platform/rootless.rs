//! While the root is away, what a block does inside itself goes on (spec: trust-layer 9 #12).

use crate::support::{Place, Platform};

async fn goes_on(place: Place) {
    // Nothing that a block remembers helps it.
    let (kept, forgotten) = ("[cache]\nenabled = true", "[cache]\nenabled = false");
    let mut platform = Platform::built(place, "2").await.changed("region", kept, forgotten).await;
    let inside = "/operator?type=3";
    let member = platform.login("region", "region_op0").await;
    assert_eq!(platform.get("region", inside, &member).await.0, 200, "the root is there");

    platform.stage.stop_block("root").await;
    let (status, body) = platform.get("region", inside, &member).await;
    assert_eq!(status, 200, "the root is away: {body}");
    let outside = platform.call("region", "GET root", "/catalog/name", &member, None).await;
    assert_eq!(outside.0, 500, "what needs the root waits for it: {}", outside.1);
    platform.stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_goes_on_inside_while_the_root_is_away_on_sqlite() {
    goes_on(Place::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_goes_on_inside_while_the_root_is_away_on_postgres() {
    if let Some(place) = Place::on_postgres().await {
        goes_on(place).await;
    }
}
