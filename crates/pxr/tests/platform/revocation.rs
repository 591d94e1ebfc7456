//! A certificate that was revoked opens nothing any more, on connections that were made before, too.

use std::time::Duration;

use crate::{
    figures,
    support::{Neighbour, Place, Platform, serial_of},
};

/// The serial numbers that a block other than the root knows to be revoked.
fn is_known_elsewhere(platform: &Platform, serial: &str) -> bool {
    platform.stage.block("app1").unwrap().knows_revoked(serial)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_certificate_is_refused_at_once_at_the_root_and_soon_elsewhere() {
    let platform = Platform::built(Place::on_sqlite(), "2").await;
    let region = Neighbour::assigned(&platform, "region");
    let serial = serial_of(&platform.certificate("region"));
    let member = platform.member_of("region");
    let knock = async || platform.knock(&region, "region", &member).await;
    assert_eq!(knock().await, Some(400), "the certificate is good, the token is not");
    platform.revoke(&serial).await;
    assert_eq!(knock().await, Some(401), "the next request on the same connection");
    let counted =
        "pxr_listener_refusals_total{listener=\"blocks\",status=\"401\",reason=\"revoked_certificate\"} 1";
    assert!(figures::of_block(&platform, "root").await.contains(counted));
    let mut waited = 0;
    while !is_known_elsewhere(&platform, &serial) {
        waited += 1;
        assert!(waited < 60, "a minute has passed");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    platform.stage.stop().await;
}
