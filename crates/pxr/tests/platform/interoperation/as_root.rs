//! Our root, and a block of the reference that asks it for a token and then calls it.

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};

use super::wire::{Message, send};
use crate::support::{Place, Platform};

async fn say(platform: &Platform, bytes: &str) -> Message {
    let config = &platform.stage.block("root").unwrap().config;
    let address = config.listen.blocks.as_ref().unwrap().parse().unwrap();
    send(&platform.authority(), "root-service", address, bytes).await
}

fn post(path: &str, session: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\naccept: application/json\r\nContent-Type: application/json; charset=utf-8\r\n\
         Content-Length: {}\r\nsession: {session}\r\nHost: root-service\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_of_the_reference_gets_a_token_of_our_root_and_uses_it() {
    let platform = Platform::built(Place::on_sqlite(), "2").await;
    let (root, region) = (platform.code("root"), platform.code("region"));
    let settings = format!("client_certificates = \"optional\"\nreference = [{region}]");
    let platform = platform.with_blocks_setting(&settings).await;
    let member = platform.member_of("region");

    // Hop 3a, the user id null and not absent.
    let body = format!(
        r#"[{{"caller":{{"blockCode":{region},"apiUrl":"/pxr-block-proxy","apiMethod":"GET","userId":null,"operator":{{"type":3,"loginId":"member","role":null}},"apiCode":"0abdbf81-686c-423b-823a-ac0d889b0ae6"}},"target":{{"blockCode":{root},"apiUrl":"/catalog/name","apiMethod":"GET","allowPartialStore":false}}}}]"#
    );
    let path = "/access-control-manage/access-control-manage/block";
    let answer = say(&platform, &post(path, &member, &body)).await;
    assert!(answer.start.starts_with("HTTP/1.1 200"), "{answer:?}");
    let tokens: Value = serde_json::from_str(&answer.body).unwrap();
    let token = tokens[0].as_object().unwrap();
    let keys: Vec<_> = token.keys().map(String::as_str).collect();
    assert_eq!(keys, ["apiToken", "apiUrl", "apiMethod", "userId", "expirationDate", "blockCode"]);
    assert_eq!((&token["userId"], &token["blockCode"]), (&Value::Null, &json!(root)));
    assert_eq!((&token["apiUrl"], &token["apiMethod"]), (&json!("/catalog/name"), &json!("GET")));
    let end = token["expirationDate"].as_str().unwrap();
    assert!(end.ends_with("+0000") && end.len() == 28, "{end}");
    let end = DateTime::parse_from_str(end, "%Y-%m-%dT%H:%M:%S%.3f%z").unwrap();
    let ahead = end.to_utc() - platform::Clock::system().now().utc();
    assert!(
        (TimeDelta::minutes(575)..=TimeDelta::minutes(580)).contains(&ahead),
        "9 h 40 min ahead: {ahead}"
    );

    // Hop 4: GET with a body, `from_path` as it is and encoded.
    let token = token["apiToken"].as_str().unwrap();
    for from_path in ["/pxr-block-proxy", "%2Fpxr-block-proxy"] {
        let answer = say(
            &platform,
            &format!(
                "GET /pxr-block-proxy/pxr-block-proxy/reverse?block={root}&path=%2Fcatalog%2Fname&from_block={region}&from_path={from_path} HTTP/1.1\r\n\
                 accept: application/json\r\naccept-language: ja\r\nsession: {member}\r\ntoken: {token}\r\n\
                 content-type: application/json\r\nhost: root-service:443\r\ncontent-length: 2\r\n\
                 Connection: close\r\n\r\n{{}}"
            ),
        )
        .await;
        assert!(answer.start.starts_with("HTTP/1.1 200"), "{from_path}: {answer:?}");
    }

    // Hop 2: the catalog is read in the root's name.
    let read = format!(
        "GET /pxr-block-proxy/pxr-block-proxy/?from_block={root}&from_path=%2Fpxr-block-proxy&block=$pxr-root-block&path=%2Fcatalog%2F{region} HTTP/1.1\r\n\
         accept: application/json\r\nsession: {member}\r\nHost: root-service\r\nConnection: close\r\n\r\n"
    );
    let answer = say(&platform, &read).await;
    assert!(answer.start.starts_with("HTTP/1.1 200"), "{answer:?}");
    let item: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(item["template"]["actor-type"], "region-root");

    // What may not be had: 401 with a message.
    let refused = body.replace("/catalog/name", "/book-manage/search").replace("\"GET\"", "\"POST\"");
    let answer = say(&platform, &post(path, &member, &refused)).await;
    assert!(answer.start.starts_with("HTTP/1.1 401"), "{answer:?}");
    assert!(serde_json::from_str::<Value>(&answer.body).unwrap()["message"].is_string());
    platform.stage.stop().await;
}
