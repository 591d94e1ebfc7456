//! With which certificates a block gets in, where they are required and where they are optional: real handshakes.

use rcgen::{CertificateParams, KeyPair, SanType};

use crate::{
    databases::on_both_databases,
    support::{Neighbour, Place, Platform, send, serial_of},
};

/// A certificate for the region's block that the platform's authority did not issue.
pub(crate) fn foreign(platform: &Platform) -> String {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    let name = format!("pxr:block:{}", platform.code("region"));
    params.subject_alt_names.push(SanType::URI(name.try_into().unwrap()));
    key.serialize_pem() + &params.self_signed(&key).unwrap().pem()
}

/// A certificate of the authority whose time is over.
pub(crate) async fn expired(platform: &Platform) -> String {
    let root = platform.stage.block("root").unwrap();
    let ground = root.ground(vocabulary::ServiceName::CertificationAuthority).unwrap().clone();
    let settings = root.config.certification_authority.clone();
    let long_ago = ground.clock.now() - chrono::TimeDelta::days(settings.days + 1);
    let ground = ground.with(|footing| footing.clock = platform::Clock::standing_at(long_ago));
    let authority = certification_authority::Authority::open(ground, settings).await.unwrap();
    let block = vocabulary::CodeVersion::new(platform.code("region"), 1);
    let issued = authority.issue_client(block, block, "test").await.unwrap();
    issued.key_pem + &issued.certificate_pem
}

/// Knocks in the region's name with a certificate; without a signature where there is none to sign with.
async fn knock(platform: &Platform, identity: Option<&str>, signs: bool) -> Option<u16> {
    let peer = Neighbour::showing(platform, identity);
    let peer = if signs { peer } else { peer.silent() };
    platform.knock(&peer, "region", &platform.member_of("region")).await
}

on_both_databases! {
    async fn where_certificates_are_required_only_a_good_one_gets_in(place: Place) {
        let platform = Platform::built(place, "2").await;
        let good = platform.certified("region").await;
        assert_eq!(knock(&platform, Some(&good), true).await, Some(400), "good: only the token is wrong");
        assert_eq!(knock(&platform, None, false).await, None, "none");
        assert_eq!(knock(&platform, Some(&expired(&platform).await), true).await, None, "expired");
        assert_eq!(knock(&platform, Some(&foreign(&platform)), true).await, None, "of another authority");
        let others = platform.certified("app1").await;
        assert_eq!(knock(&platform, Some(&others), true).await, Some(401), "of another block");
        platform.revoke(&serial_of(&good)).await;
        assert_eq!(knock(&platform, Some(&good), true).await, Some(401), "revoked");
        platform.stage.stop().await;
    }

    async fn where_certificates_are_optional_a_block_without_one_is_a_reference_block(place: Place) {
        let platform = Platform::built(place, "2").await;
        let region = platform.code("region");
        let settings = format!("client_certificates = \"optional\"\nreference = [{region}]");
        let platform = platform.with_blocks_setting(&settings).await;
        let (expired, foreign) = (expired(&platform).await, foreign(&platform));
        for (what, identity) in [("none", None), ("expired", Some(&expired)), ("foreign", Some(&foreign))] {
            let identity = identity.map(String::as_str);
            assert_eq!(knock(&platform, identity, false).await, Some(400), "{what}: a reference block");
            let peer = Neighbour::showing(&platform, identity).silent();
            let (member, of_root) = (platform.member_of("region"), platform.member_of("root"));
            assert_eq!(platform.knock(&peer, "app1", &member).await, Some(401), "{what}: not marked as one");
            assert_eq!(platform.knock(&peer, "root", &of_root).await, Some(401), "{what}: not the root");
            assert_eq!(platform.knock(&peer, "region", &of_root).await, Some(401), "{what}: another's operator");
            let order = peer.request("POST", "/access-control/access-control", &member);
            let order = order.json(&serde_json::json!([]));
            assert_eq!(send(order).await.unwrap().0, 401, "{what}: only the root orders tokens");
        }

        let good = platform.certified("app1").await;
        let app1 = Neighbour::showing(&platform, Some(&good));
        let member = platform.member_of("app1");
        assert_eq!(platform.knock(&app1, "app1", &member).await, Some(400), "ours is known by its certificate");
        assert_eq!(platform.knock(&app1, "region", &member).await, Some(401), "and is no other block");
        let silent = app1.silent();
        assert_eq!(platform.knock(&silent, "app1", &member).await, Some(401), "and must sign");
        platform.revoke(&serial_of(&good)).await;
        assert_eq!(platform.knock(&app1, "app1", &member).await, Some(401), "revoked");
        platform.stage.stop().await;
    }
}
