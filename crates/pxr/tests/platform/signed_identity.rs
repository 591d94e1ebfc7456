//! Who an operator of another block is must be signed: by the block that speaks, and by the operator's own.

use chrono::TimeDelta;
use platform::{Clock, identity::Signer};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use vocabulary::Session;

use crate::{
    databases::on_both_databases,
    support::{Neighbour, Place, Platform, send},
};

async fn status(request: RequestBuilder) -> u16 {
    send(request.header("token", "0".repeat(64))).await.unwrap().0
}

/// The call that [`Platform::knock`] makes, with whatever signature.
fn unsigned(platform: &Platform, region: &Neighbour, session: &str) -> RequestBuilder {
    region.silent().request("GET", &platform.door("region"), session)
}

on_both_databases! {
    async fn an_identity_is_believed_only_with_the_signature_of_who_speaks(place: Place) {
        let platform = Platform::built(place, "2").await;
        let region = Neighbour::assigned(&platform, "region");
        let member = platform.member_of("region");
        assert_eq!(
            platform.knock(&region, "region", &member).await,
            Some(400),
            "signed: only the token is wrong"
        );
        assert_eq!(status(unsigned(&platform, &region, &member)).await, 401, "not signed");
        let nonsense = unsigned(&platform, &region, &member).header("pxr-identity", "a.b.c");
        assert_eq!(status(nonsense).await, 401, "signed with nonsense");

        let app1 = Signer::new(&platform.certificate("app1"), &Clock::system()).unwrap();
        let by_app1 = region.signed_by(&app1, unsigned(&platform, &region, &member), &member);
        assert_eq!(status(by_app1).await, 401, "signed by another block");

        for forged in ["root", "app1"] {
            let forged = platform.member_of(forged);
            assert_eq!(platform.knock(&region, "region", &forged).await, Some(401), "somebody else's operator");
        }

        let own = region.signer.clone().unwrap();
        let elsewhere = region.request("GET", &format!("{}&x=1", platform.door("region")), &member);
        let elsewhere = elsewhere.build().unwrap();
        let replayed = unsigned(&platform, &region, &member)
            .header("pxr-identity", elsewhere.headers()["pxr-identity"].clone());
        assert_eq!(status(replayed).await, 401, "signed for another call");
        let other_identity = region.signed_by(&own, unsigned(&platform, &region, &member), "another identity");
        assert_eq!(status(other_identity).await, 401, "signed for another identity");

        for minutes in [-10, 10] {
            let now = Clock::system().now() + TimeDelta::minutes(minutes);
            let other_time = Signer::new(&platform.certificate("region"), &Clock::standing_at(now)).unwrap();
            let request = region.signed_by(&other_time, unsigned(&platform, &region, &member), &member);
            assert_eq!(status(request).await, 401, "signed {minutes} minutes from now");
        }
        platform.stage.stop().await;
    }

    async fn a_block_marked_as_a_reference_block_need_not_sign_for_its_own_operators(place: Place) {
        let platform = Platform::built(place, "2").await;
        let region = platform.code("region");
        let platform = platform.with_blocks_setting(&format!("reference = [{region}]")).await;
        let (member, of_root) = (platform.member_of("region"), platform.member_of("root"));

        let certified = Neighbour::showing(&platform, Some(&platform.certified("region").await));
        assert_eq!(status(unsigned(&platform, &certified, &member)).await, 400, "believed");
        assert_eq!(status(unsigned(&platform, &certified, &of_root)).await, 401, "not about operators of others");
        assert_eq!(platform.knock(&certified, "region", &of_root).await, Some(401), "nor when it signs that");
        assert_eq!(platform.knock(&certified, "region", &member).await, Some(400), "it may sign, too");

        let bootstrap = Neighbour::assigned(&platform, "region");
        assert_eq!(status(unsigned(&platform, &bootstrap, &member)).await, 401, "no first certificate of ours");
        let app1 = Neighbour::showing(&platform, Some(&platform.certified("app1").await));
        assert_eq!(status(unsigned(&platform, &app1, &member)).await, 401, "no other block");
        platform.stage.stop().await;
    }

    async fn operators_act_for_the_actor_of_their_own_block_only(place: Place) {
        let platform = Platform::built(place, "3").await;
        let region = platform.code("region");
        let [own, of_root, of_app1] =
            ["region", "root", "app1"].map(|actor| acting_for(&platform, "region", actor));
        // By the certificate of the actor; by the first one, which names none, the catalog knows the blocks of actors.
        let pem = certificate_of_the_actor(&platform, "region").await;
        for peer in [
            Neighbour::showing(&platform, Some(&pem)),
            Neighbour::showing(&platform, Some(&platform.certified("region").await)),
        ] {
            assert_eq!(platform.knock(&peer, "region", &own).await, Some(400), "believed, the token is wrong");
            for other in [&of_root, &of_app1] {
                assert_eq!(platform.knock(&peer, "region", other).await, Some(401), "for somebody else");
            }
        }
        // Blocks of the reference do not sign, and may come without a certificate.
        let setting = format!("client_certificates = \"optional\"\nreference = [{region}]");
        let platform = platform.with_blocks_setting(&setting).await;
        for peer in [Neighbour::showing(&platform, Some(&pem)), Neighbour::showing(&platform, None)] {
            let peer = peer.silent();
            assert_eq!(platform.knock(&peer, "region", &own).await, Some(400), "believed, the token is wrong");
            for other in [&of_root, &of_app1] {
                assert_eq!(platform.knock(&peer, "region", other).await, Some(401), "for somebody else");
            }
        }
        platform.stage.stop().await;
    }
}

/// A member of a block who says that he acts for the actor of another one.
fn acting_for(platform: &Platform, block: &str, actor: &str) -> String {
    let member = Session::from_header(&platform.member_of(block)).unwrap();
    let mut member = Value::Object(member.object().clone());
    let actor: i64 = platform.known(&format!("{actor}_actor_code")).parse().unwrap();
    member["actor"] = json!({"_value": actor, "_ver": 1});
    contract::proxy::encoded(&member.to_string())
}

/// Key and certificate as the authority gives them to a certified actor.
async fn certificate_of_the_actor(platform: &Platform, block: &str) -> String {
    let actor: i64 = platform.known(&format!("{block}_actor_code")).parse().unwrap();
    platform.certified_for(block, actor).await
}
