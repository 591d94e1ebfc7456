//! A certificate that was revoked opens nothing any more, on connections that were made before, too.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use hyper_util::client::legacy::connect::HttpInfo;
use pxr::config::Blocks;

use crate::{
    figures,
    support::{Neighbour, Place, Platform, serial_of},
};

/// Within which a revocation holds everywhere.
const MINUTE: Duration = Duration::from_secs(60);

/// What a block's blocks listener answers to the region, and the end of the connection that the answer came on.
async fn knock(platform: &Platform, block: &str, region: &Neighbour) -> (u16, SocketAddr) {
    let request = region.request("GET", &platform.door("region"), &platform.member_of("region"));
    #[expect(clippy::disallowed_methods, reason = "a block without a program of the platform")]
    let answer = request.header("token", "0".repeat(64)).send().await;
    let answer = answer.unwrap_or_else(|error| panic!("{block} does not answer: {error}"));
    let connection = answer.extensions().get::<HttpInfo>().unwrap().local_addr();
    let status = answer.status().as_u16();
    answer.bytes().await.unwrap();
    (status, connection)
}

async fn is_refused_everywhere(place: Place) {
    let platform = Platform::built(place, "2").await;
    let platform =
        platform.changed("app1", "\n[blocks.peers]", "\nrevocation_seconds = 1\n[blocks.peers]").await;
    let certificate = platform.certificate("region");
    let serial = serial_of(&certificate);
    let at = |block| Neighbour::of(block, &platform, Some(&certificate));
    let (root, app1) = (at("root"), at("app1"));
    let (status, to_root) = knock(&platform, "root", &root).await;
    assert_eq!(status, 400, "the certificate is good, the token is not");
    let (status, to_app1) = knock(&platform, "app1", &app1).await;
    assert_eq!(status, 400, "there, too");

    platform.revoke(&serial).await;
    let revoked = Instant::now();
    assert_eq!(
        knock(&platform, "root", &root).await,
        (401, to_root),
        "the next request, on the same connection"
    );
    assert_eq!(knock(&platform, "root", &at("root")).await.0, 401, "and a new one");
    while knock(&platform, "app1", &app1).await != (401, to_app1) {
        assert!(
            revoked.elapsed() < MINUTE,
            "another block lets it in after a minute, on a connection it had"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let (status, anew) = knock(&platform, "app1", &at("app1")).await;
    assert!(status == 401 && anew != to_app1, "a new connection opens nothing either: {status}");

    for (block, times) in [("root", 2), ("app1", 2)] {
        let counted = format!(
            "pxr_listener_refusals_total{{listener=\"blocks\",status=\"401\",reason=\"revoked_certificate\"}} {times}"
        );
        assert!(figures::of_block(&platform, block).await.contains(&counted), "{block} counts them");
    }
    platform.stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_certificate_is_refused_at_once_at_the_root_and_soon_elsewhere_on_sqlite() {
    is_refused_everywhere(Place::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_certificate_is_refused_at_once_at_the_root_and_soon_elsewhere_on_postgres() {
    if let Some(place) = Place::on_postgres().await {
        is_refused_everywhere(place).await;
    }
}

#[test]
fn the_list_of_the_revoked_is_fetched_more_often_than_every_minute() {
    assert!(Duration::from_secs(Blocks::default().revocation_seconds) <= MINUTE);
}
