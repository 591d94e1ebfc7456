//! What people and applications can and cannot do at the public listener.

use serde_json::json;

use crate::support::{Cookies, Place, Platform, client, send};

/// What a service would say about an operator; nobody outside may.
const FORGED: &str = "%7B%22type%22%3A3%2C%22loginId%22%3A%22root%22%2C%22operatorId%22%3A1%2C%22auth%22%3A%7B%22member%22%3A%7B%22add%22%3Atrue%7D%7D%7D";

async fn holds(place: Place) {
    let platform = Platform::built(place, "2").await;
    an_internal_header_changes_nothing(&platform).await;
    a_cookie_needs_its_token(&platform).await;
    only_the_newest_session_counts(&platform).await;
    a_session_belongs_to_one_block(&platform).await;
    what_services_offer_each_other_is_not_there(&platform).await;
    a_body_over_the_limit_is_refused(&platform).await;
    platform.stage.stop().await;
}

async fn an_internal_header_changes_nothing(platform: &Platform) {
    let url = format!("{}/pxr-block-proxy/pxr-block-proxy/?path=%2Fcatalog%2Fname", platform.url("root"));
    let nobody = client().get(&url).header("accept", "application/json");
    let forged = nobody.header("session", FORGED).header("token", "x").header("x-cert", "x");
    assert_eq!(send(forged).await.unwrap().0, 401);

    let root = platform.login("root", "root").await;
    let with_forged = root.on(client().get(&url)).header("session", FORGED);
    let (status, _, body) = send(with_forged).await.unwrap();
    assert_eq!(status, 200, "the cookie counts, the header does not: {body}");

    let add = format!("{}/operator/operator", platform.url("root"));
    let body = json!({"type": 3, "loginId": "intruder", "hpassword": "0".repeat(64), "name": "x"});
    let forged = client().post(add).header("accept", "application/json").header("session", FORGED);
    assert_eq!(send(forged.json(&body)).await.unwrap().0, 401);
}

async fn a_cookie_needs_its_token(platform: &Platform) {
    let root = platform.login("root", "root").await;
    let mut without = root.clone();
    without.0.remove("XSRF-TOKEN");
    assert_eq!(platform.get("root", "/catalog/name", &root).await.0, 200);
    assert_eq!(platform.get("root", "/catalog/name", &without).await.0, 403);
}

async fn only_the_newest_session_counts(platform: &Platform) {
    let first = platform.login("root", "root").await;
    let second = platform.login("root", "root").await;
    assert_eq!(platform.get("root", "/catalog/name", &first).await.0, 401);
    assert_eq!(platform.get("root", "/catalog/name", &second).await.0, 200);
    let logout = format!("{}/operator/operator/logout", platform.url("root"));
    let session = second.0.get("operator_type3_session").unwrap();
    let out = second.on(client().post(logout)).json(&json!({"sessionId": session}));
    assert_eq!(send(out).await.unwrap().0, 200);
    assert_eq!(platform.get("root", "/catalog/name", &second).await.0, 401);
}

async fn a_session_belongs_to_one_block(platform: &Platform) {
    let region = platform.login("region", "region_op0").await;
    assert_eq!(platform.get("root", "/catalog/name", &region).await.0, 401);
    assert_eq!(platform.get("app1", "/catalog/name", &region).await.0, 401);
}

async fn what_services_offer_each_other_is_not_there(platform: &Platform) {
    for path in [
        "/catalog/catalog/name",
        "/access-control/access-control/token",
        "/access-control-manage/access-control-manage/block",
        "/operator/operator/csrf/token",
        "/pxr-block-proxy/pxr-block-proxy/reverse?path=%2Fcatalog%2Fname",
        "/metrics",
    ] {
        let request = Cookies::default().on(client().get(format!("{}{path}", platform.url("root"))));
        assert_eq!(send(request).await.unwrap().0, 404, "{path}");
    }
}

async fn a_body_over_the_limit_is_refused(platform: &Platform) {
    let url = format!("{}/operator/operator/login", platform.url("root"));
    let body = vec![b' '; 51 * 1024 * 1024];
    let request =
        client().post(url).header("accept", "application/json").header("content-type", "application/json");
    // The listener may close the connection before it has heard everything.
    if let Ok((status, ..)) = send(request.body(body)).await {
        assert_eq!(status, 413);
    }
    assert_eq!(send(client().get(format!("{}/health", platform.url("root")))).await.unwrap().0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_listener_holds_on_sqlite() {
    holds(Place::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_listener_holds_on_postgres() {
    if let Some(place) = Place::on_postgres().await {
        holds(place).await;
    }
}
