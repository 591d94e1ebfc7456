//! A certificate that was revoked opens nothing any more, on connections that were made before, too.

use std::{net::SocketAddr, time::Duration};

use reqwest::{Certificate, Client, Identity};
use serde_json::{Value, json};
use x509_parser::pem::parse_x509_pem;

use crate::{
    figures,
    support::{Place, Platform, send},
};

/// The region's block, with the certificate of its assignment.
pub(crate) fn region(platform: &Platform) -> (Client, String) {
    platform::listen::install_crypto_provider();
    let folder = platform.place.options.folder.join("region/certificates");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let identity = read("client.pem");
    let at = |offset: u16| SocketAddr::from(([127, 0, 0, 1], platform.place.options.base_port + offset));
    let client = Client::builder()
        .no_proxy()
        .tls_certs_only([Certificate::from_pem(read("authority.pem").as_bytes()).unwrap()])
        .resolve("root-service", at(100))
        .identity(Identity::from_pem(identity.as_bytes()).unwrap());
    let certificate = &identity[identity.find("-----BEGIN CERTIFICATE-----").unwrap()..];
    let (_, pem) = parse_x509_pem(certificate.as_bytes()).unwrap();
    let serial = pem.parse_x509().unwrap().raw_serial_as_string().replace(':', "").to_uppercase();
    (client.build().unwrap(), serial)
}

/// A member of a block, as the `session` header.
fn member_of(platform: &Platform, block: &str) -> String {
    let code = platform.variables.get(&format!("{block}_block_code")).unwrap();
    let session = json!({
        "sessionId": "x", "operatorId": 1, "type": 3, "loginId": "member",
        "block": {"_value": code, "_ver": 1}, "actor": {"_value": null, "_ver": null},
    });
    contract::proxy::encoded(&session.to_string())
}

/// A call that the region says is its own, without a token for it.
async fn call(platform: &Platform, client: &Client) -> u16 {
    let own = platform.variables.text("region_block_code").unwrap();
    let port = platform.place.options.base_port + 100;
    let url = format!(
        "https://root-service:{port}/pxr-block-proxy/pxr-block-proxy/reverse?path=%2Fcatalog%2Fname&from_path=%2Fx&from_block={own}"
    );
    let request = client.get(url).header("accept", "application/json").header("token", "0".repeat(64));
    send(request.header("session", member_of(platform, "region"))).await.unwrap().0
}

/// Revokes the certificate at the root, as catalog-update does when an actor ends.
async fn revoke(platform: &Platform, serial: &str) {
    let root = platform.stage.block("root").unwrap();
    let session = vocabulary::Session::from_header(&member_of(platform, "root")).unwrap();
    let send = async |request: platform::Outgoing| {
        let request = request.session(&session);
        root.channel.send(vocabulary::ServiceName::CertificationAuthority, request).await.unwrap()
    };
    let list = send(platform::Outgoing::get("/certification-authority/list")).await;
    let list: Vec<Value> = list.json().unwrap();
    let found = list.iter().find(|one| one["serialNo"] == serial).unwrap();
    let print = found["fingerPrint"].as_str().unwrap();
    let path = format!("/certification-authority/client/{serial}/{print}");
    assert_eq!(send(platform::Outgoing::delete(path)).await.status, 200);
}

/// The serial numbers that a block other than the root knows to be revoked.
fn is_known_elsewhere(platform: &Platform, serial: &str) -> bool {
    platform.stage.block("app1").unwrap().knows_revoked(serial)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_certificate_is_refused_at_once_at_the_root_and_soon_elsewhere() {
    let platform = Platform::built(Place::on_sqlite(), "2").await;
    let (client, serial) = region(&platform);
    assert_eq!(call(&platform, &client).await, 400, "the certificate is good, the token is not");
    revoke(&platform, &serial).await;
    assert_eq!(call(&platform, &client).await, 401, "the next request on the same connection");
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
