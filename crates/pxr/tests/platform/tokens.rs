//! A token fits one call of one operator of one block to another, for a while, at the listeners of whole blocks.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use vocabulary::ServiceName;

use crate::{
    databases::on_both_databases,
    support::{Neighbour, Place, Platform, send},
};

pub(crate) const NAME: &str = "%2Fcatalog%2Fname";

/// A token of the root for the region's member to read the name of the catalog.
pub(crate) async fn token(platform: &Platform, region: &Neighbour, session: &str) -> String {
    let planned = json!([{
        "caller": {
            "blockCode": platform.code("region"), "apiUrl": "/pxr-block-proxy", "apiMethod": "GET",
            "userId": null, "apiCode": "9f1c5a52-0d2e-4b51-9f0a-0a3c5f1f1a01",
            "operator": {"type": 3, "loginId": "member"},
        },
        "target": {"blockCode": platform.code("root"), "apiUrl": "/catalog/name", "apiMethod": "GET"},
    }]);
    let path = "/access-control-manage/access-control-manage/block";
    let (status, _, body) = send(region.request("POST", path, session).json(&planned)).await.unwrap();
    assert_eq!(status, 200, "{body}");
    let tokens: Value = serde_json::from_str(&body).unwrap();
    tokens[0]["apiToken"].as_str().unwrap().to_owned()
}

pub(crate) fn reverse(path: &str, from: i64, sender: &str) -> String {
    format!("/pxr-block-proxy/pxr-block-proxy/reverse?path={path}&from_block={from}&from_path={sender}")
}

on_both_databases! {
    async fn a_token_fits_its_call_only(place: Place) {
        let platform = Platform::built(place, "2").await;
        let region = Neighbour::assigned(&platform, "region");
        let (member, own) = (platform.member_of("region"), platform.code("region"));
        let token = token(&platform, &region, &member).await;
        let call = async |peer: &Neighbour, method: &str, path: &str, session: &str| {
            send(peer.request(method, path, session).header("token", &token)).await.unwrap().0
        };
        let good = reverse(NAME, own, "%2Fpxr-block-proxy");
        assert_eq!(call(&region, "GET", &good, &member).await, 200);
        assert_eq!(call(&region, "GET", &good, &member).await, 200, "reading may be repeated");

        let other_path = reverse("%2Fcatalog%2F1", own, "%2Fpxr-block-proxy");
        assert_eq!(call(&region, "GET", &other_path, &member).await, 400, "another path");
        assert_eq!(call(&region, "DELETE", &good, &member).await, 400, "another method");
        let other_sender = reverse(NAME, own, "%2Fnotification");
        assert_eq!(call(&region, "GET", &other_sender, &member).await, 400, "another calling service");
        let colleague = member.replace("%22member%22%2C", "%22colleague%22%2C");
        assert_ne!(colleague, member);
        assert_eq!(call(&region, "GET", &good, &colleague).await, 400, "another operator");
        let app1 = Neighbour::assigned(&platform, "app1");
        let from_app1 = reverse(NAME, platform.code("app1"), "%2Fpxr-block-proxy");
        assert_eq!(call(&app1, "GET", &from_app1, &platform.member_of("app1")).await, 400, "another block");
        let to_app1 = Neighbour::of("app1", &platform, Some(&platform.certificate("region")));
        let elsewhere = reverse("%2Fnotification", own, "%2Fpxr-block-proxy");
        assert_eq!(call(&to_app1, "GET", &elsewhere, &member).await, 400, "another callee");

        let ground = platform.stage.block("root").unwrap().ground(ServiceName::AccessControl).unwrap();
        let end = "update api_access_permission set expiration_date = '2020-01-01 00:00:00'";
        ground.store.read().execute_unprepared(end).await.unwrap();
        assert_eq!(call(&region, "GET", &good, &member).await, 400, "its time is over");
        platform.stage.stop().await;
    }

    async fn a_token_that_a_consent_gave_works_once(place: Place) {
        let platform = Platform::built(place, "2").await;
        let root = Neighbour::of("app1", &platform, Some(&platform.certificate("root")));
        let (member, own) = (platform.member_of("root"), platform.code("root"));
        let order = json!([{
            "caller": {
                "apiCode": "9f1c5a52-0d2e-4b51-9f0a-0a3c5f1f1a01", "blockCode": own, "apiUrl": "/x",
                "apiMethod": "POST", "userId": "u1", "operator": {"type": 3, "loginId": "member"},
            },
            "target": {
                "apiUrl": "/book-operate/event/u1", "apiMethod": "POST", "blockCode": platform.code("app1"),
                "expirationDate": "2100-01-02T03:44:05.678+0000", "parameter": "[]",
            },
        }]);
        let ordered = root.request("POST", "/access-control/access-control", &member).json(&order);
        let (status, _, body) = send(ordered).await.unwrap();
        assert_eq!(status, 200, "{body}");
        let tokens: Value = serde_json::from_str(&body).unwrap();
        let token = tokens[0]["apiToken"].as_str().unwrap();

        let path = reverse("%2Fbook-operate%2Fevent%2Fu1", own, "%2Fx");
        let store = async || {
            let request = root.request("POST", &path, &member).header("token", token).json(&json!({}));
            send(request).await.unwrap().2
        };
        let refused_by_proxy = "APIトークンを照合できませんでした";
        assert!(!store().await.contains(refused_by_proxy), "the first time it reaches the service");
        assert!(store().await.contains(refused_by_proxy), "the second time it does not");
        platform.stage.stop().await;
    }
}
