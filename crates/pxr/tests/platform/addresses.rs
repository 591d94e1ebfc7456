//! Where a block finds the others, while it runs.

use platform::Outgoing;
use vocabulary::{Code, ServiceName};

use crate::{
    commands::{NOBODY, well},
    support::{Place, Platform},
};

const APP1: &str = "application000001-service";

/// Whether the root reaches the first application's block.
async fn reaches(platform: &Platform) -> bool {
    let ground = platform.stage.block("root").unwrap().ground(ServiceName::Operator).unwrap();
    ground.peers.send(Code(platform.code("app1")), APP1, Outgoing::get("/health")).await.is_ok()
}

/// The first call after `pxr block address` must not fail because the block looks into its configuration only now and
/// then: on a loaded machine, not even soon.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_counts_from_the_moment_it_is_written_down() {
    let platform = Platform::built(Place::on_sqlite(), "2").await;
    let port = platform.place.options.base_port;
    let app1 = platform.stage.block("app1").unwrap().config.listen.blocks.clone().unwrap();
    assert!(reaches(&platform).await);
    // Nobody listens there any more: its own ports are six.
    let nobody = format!("127.0.0.1:{}", port + 150);
    let file = platform.place.options.folder.join("root/block.toml");
    let platform = platform.changed("root", &format!("\"{app1}\""), &format!("\"{nobody}\"")).await;
    assert!(!reaches(&platform).await);
    well(&["block", "address", APP1, &app1, "-c", file.to_str().unwrap()], NOBODY);
    assert!(reaches(&platform).await, "at once");
    platform.stage.stop().await;
}
