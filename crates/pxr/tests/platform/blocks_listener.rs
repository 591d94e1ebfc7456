//! Who may speak at the blocks listener, and for whom: with real certificates and handshakes.

use rcgen::{CertificateParams, KeyPair, SanType};
use serde_json::{Value, json};

use crate::support::{Neighbour, Place, Platform, send};

fn token_request(caller: &Value, target: &Value, method: &str, path: &str) -> Value {
    json!([{
        "caller": {
            "blockCode": caller, "apiUrl": "/pxr-block-proxy", "apiMethod": method, "userId": "member",
            "apiCode": "9f1c5a52-0d2e-4b51-9f0a-0a3c5f1f1a01",
            "operator": {"type": 3, "loginId": "member", "role": []}, "requestBody": {},
        },
        "target": {"_code": [], "blockCode": target, "apiUrl": path, "apiMethod": method},
    }])
}

/// Asks the root for a token, as the access control of `caller` would.
async fn ask(platform: &Platform, peer: &Neighbour, caller: &str, method: &str, path: &str) -> Option<u16> {
    let code = |block: &str| platform.variables.get(&format!("{block}_block_code")).unwrap().clone();
    let request = peer.request(
        "POST",
        "/access-control-manage/access-control-manage/block",
        &platform.member_of(caller),
    );
    let request = request.json(&token_request(&code(caller), &code("root"), method, path));
    send(request).await.ok().map(|(status, ..)| status)
}

/// A certificate that an authority of one's own issued for the region's block.
fn foreign(platform: &Platform) -> String {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    let code = platform.variables.text("region_block_code").unwrap();
    params.subject_alt_names.push(SanType::URI(format!("pxr:block:{code}").try_into().unwrap()));
    let certificate = params.self_signed(&key).unwrap();
    format!("{}{}", certificate.pem(), key.serialize_pem())
}

async fn holds(place: Place) {
    let platform = Platform::built(place, "2").await;
    let region = Neighbour::assigned(&platform, "region");
    let reads = ask(&platform, &region, "region", "GET", "/catalog/1").await;
    assert_eq!(reads, Some(200), "a block speaks for itself");

    let none = Neighbour::showing(&platform, None);
    assert_eq!(ask(&platform, &none, "region", "GET", "/catalog/1").await, None, "no certificate");
    let other = Neighbour::showing(&platform, Some(&foreign(&platform)));
    assert_eq!(ask(&platform, &other, "region", "GET", "/catalog/1").await, None, "another authority's");
    let app1 = Neighbour::assigned(&platform, "app1");
    assert_eq!(ask(&platform, &app1, "region", "GET", "/catalog/1").await, Some(401), "another block's");

    let writes = ask(&platform, &region, "region", "POST", "/catalog/updateSet/register").await;
    assert_eq!(writes, Some(401), "before its certification a block reads only");

    let query = "path=%2Fcatalog%2Fname&from_path=%2Fpxr-block-proxy";
    let stranger = platform.variables.text("app1_block_code").unwrap();
    let reverse = format!("/pxr-block-proxy/pxr-block-proxy/reverse?{query}&from_block={stranger}");
    let member = platform.member_of("region");
    let request = region.request("GET", &reverse, &member).header("token", "0".repeat(64));
    assert_eq!(send(request).await.unwrap().0, 401, "a call in the name of another block");

    for (method, path) in [
        ("GET", "/catalog/catalog/name"),
        ("POST", "/access-control/access-control/token"),
        ("POST", "/access-control/access-control/collate"),
        ("POST", "/operator/operator/session"),
    ] {
        let internal = region.request(method, path, &member).json(&json!([]));
        assert_eq!(send(internal).await.unwrap().0, 404, "services are not for other blocks: {path}");
    }
    let ordered = region.request("POST", "/access-control/access-control", &member).json(&json!([]));
    assert_eq!(send(ordered).await.unwrap().0, 401, "only the root orders tokens");
    platform.stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_blocks_listener_holds_on_sqlite() {
    holds(Place::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_blocks_listener_holds_on_postgres() {
    if let Some(place) = Place::on_postgres().await {
        holds(place).await;
    }
}
