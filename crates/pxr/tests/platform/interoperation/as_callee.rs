//! Our block, and a root of the reference that orders a token for it.

use serde_json::Value;

use super::wire::{Message, send};
use crate::{
    databases::on_both_databases,
    support::{Place, Platform},
};

async fn order(platform: &Platform, user_id: &str) -> Message {
    let config = &platform.stage.block("region").unwrap().config;
    let address = config.listen.blocks.as_ref().unwrap().parse().unwrap();
    let name = config.block.service_name.clone();
    let (root, region) = (platform.code("root"), platform.code("region"));
    let body = format!(
        r#"[{{"caller":{{"blockCode":{root},"apiUrl":"/notification","apiMethod":"POST",{user_id}"apiCode":"0abdbf81-686c-423b-823a-ac0d889b0ae6","operator":{{"type":3,"loginId":"member"}}}},"target":{{"apiUrl":"/notification/transfer","apiMethod":"POST","blockCode":{region},"expirationDate":"2100-01-02T03:44:05.678+0000","parameter":null}}}}]"#
    );
    let bytes = format!(
        "POST /access-control/access-control HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         accept: application/json\r\nsession: {}\r\nhost: {name}\r\nConnection: close\r\n\r\n{body}",
        body.len(),
        platform.member_of("app1"),
    );
    send(&platform.authority(), &name, address, &bytes).await
}

on_both_databases! {
    async fn a_root_of_the_reference_orders_tokens_of_our_block(place: Place) {
        let platform = Platform::built(place, "2").await;
        let settings = format!(
            "\nclient_certificates = \"optional\"\nreference = [{}]\n[blocks.peers]",
            platform.code("root")
        );
        let platform = platform.changed("region", "\n[blocks.peers]", &settings).await;
        for (sent, echoed) in
            [("\"userId\":null,", Some(Value::Null)), ("\"userId\":\"u1\",", Some("u1".into())), ("", None)]
        {
            let answer = order(&platform, sent).await;
            assert!(answer.start.starts_with("HTTP/1.1 200"), "{answer:?}");
            let tokens: Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(tokens[0].get("userId").cloned(), echoed, "to the letter");
            assert_eq!(tokens[0]["apiUrl"], "/notification/transfer");
            assert_eq!(tokens[0]["apiMethod"], "POST");
            assert_eq!(tokens[0]["apiToken"].as_str().unwrap().len(), 64);
        }
        platform.stage.stop().await;
    }
}
