//! Our root, and a block of the reference that asks it for a token and then calls it.

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};

use super::wire::{Message, block, send};
use crate::{
    databases::on_both_databases,
    support::{Place, Platform},
};

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

on_both_databases! {
    async fn a_block_of_the_reference_gets_a_token_of_our_root_and_uses_it(place: Place) {
        let platform = Platform::built(place, "2").await;
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

        // What is wrong, 400 with a message; nothing asked for, 204.
        let no_block = body.replace(&format!("\"target\":{{\"blockCode\":{root}"), "\"target\":{\"blockCode\":4711");
        assert_ne!(no_block, body);
        for wrong in [no_block, body.replace("\"GET\"", "\"PATCH\""), "{}".to_owned()] {
            let answer = say(&platform, &post(path, &member, &wrong)).await;
            assert!(answer.start.starts_with("HTTP/1.1 400"), "{wrong}: {answer:?}");
        }
        let answer = say(&platform, &post(path, &member, "[]")).await;
        assert!(answer.start.starts_with("HTTP/1.1 204") && answer.body.is_empty(), "{answer:?}");
        platform.stage.stop().await;
    }

    async fn our_root_has_tokens_made_by_a_block_of_the_reference(place: Place) {
        let platform = Platform::built(place, "2").await;
        let (region, app1) = (platform.code("region"), platform.code("app1"));
        let server = platform.place.options.folder.join("app1/certificates/server.pem");
        let server = std::fs::read_to_string(server).unwrap();
        let (address, heard) = block(&server, |asked| {
            let asked: Value = serde_json::from_str(&asked.body).unwrap();
            let mut token = json!({
                "apiToken": "an opaque text", "apiUrl": asked[0]["target"]["apiUrl"],
                "apiMethod": asked[0]["target"]["apiMethod"],
            });
            if let Some(user_id) = asked[0]["caller"].get("userId") {
                token["userId"] = user_id.clone();
            }
            (200, json!([token]).to_string())
        })
        .await;
        let ours = platform.stage.block("app1").unwrap().config.listen.blocks.clone().unwrap();
        let platform =
            platform.changed("root", &format!("\"{ours}\""), &format!("\"{address}\"")).await;
        let settings = format!("client_certificates = \"optional\"\nreference = [{region}]");
        let platform = platform.with_blocks_setting(&settings).await;
        let member = platform.member_of("region");
        let path = "/access-control-manage/access-control-manage/block";
        for (sent, echoed) in [("\"userId\":null,", Some(Value::Null)), ("\"userId\":\"u1\",", Some("u1".into())), ("", None)] {
            let body = format!(
                r#"[{{"caller":{{"blockCode":{region},"apiUrl":"/notification","apiMethod":"POST",{sent}"operator":{{"type":3,"loginId":"member","role":null}},"apiCode":"0abdbf81-686c-423b-823a-ac0d889b0ae6"}},"target":{{"blockCode":{app1},"apiUrl":"/notification/transfer","apiMethod":"POST"}}}}]"#
            );
            let answer = say(&platform, &post(path, &member, &body)).await;
            assert!(answer.start.starts_with("HTTP/1.1 200"), "{answer:?}");
            let tokens: Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(tokens[0].get("userId").cloned(), echoed, "as the callee echoed it");
            assert_eq!((&tokens[0]["apiToken"], &tokens[0]["blockCode"]), (&json!("an opaque text"), &json!(app1)));

            // The root may have said more to the block meanwhile.
            let mut heard = std::mem::take(&mut *heard.lock().unwrap()).into_iter();
            let order = heard.find(|said| said.start == "POST /access-control/access-control HTTP/1.1").unwrap();
            assert_eq!(order.header("host"), Some(format!("application000001-service:{}", address.port()).as_str()));
            assert!(order.header("content-type").unwrap().contains("application/json"));
            assert!(order.header("accept").unwrap().contains("application/json"));
            assert_eq!(order.header("session"), Some(member.as_str()), "to the letter");
            let order: Value = serde_json::from_str(&order.body).unwrap();
            let (caller, target) = (&order[0]["caller"], &order[0]["target"]);
            assert_eq!(caller.get("userId").cloned(), echoed);
            assert_eq!((&caller["blockCode"], &caller["operator"]["loginId"]), (&json!(region), &json!("member")));
            assert_eq!((&target["blockCode"], &target["apiUrl"]), (&json!(app1), &json!("/notification/transfer")));
            assert_eq!(target.get("parameter"), Some(&Value::Null), "null, not absent");
            let end = target["expirationDate"].as_str().unwrap();
            assert!(end.ends_with("+0000") && end.len() == 28, "{end}");
        }
        platform.stage.stop().await;
    }
}

/// A call of the reference's batch that deletes closed books, which asks from every block with a session of the root's
/// operator. The first answer is that of the root's office, where it refuses.
async fn the_batch_asks(
    platform: &Platform,
    from: &str,
    session: &str,
    (method, url, body): (&str, &str, &str),
) -> Message {
    let (root, from) = (platform.code("root"), platform.code(from));
    let order = format!(
        r#"[{{"caller":{{"blockCode":{from},"apiUrl":"/book-operate","apiMethod":"{method}","userId":null,"operator":{{"type":3,"loginId":"root_batch","role":null}},"apiCode":"0abdbf81-686c-423b-823a-ac0d889b0ae6"}},"target":{{"blockCode":{root},"apiUrl":"{url}","apiMethod":"{method}"}}}}]"#
    );
    let answer =
        say(platform, &post("/access-control-manage/access-control-manage/block", session, &order)).await;
    if !answer.start.starts_with("HTTP/1.1 200") {
        return answer;
    }
    let tokens: Value = serde_json::from_str(&answer.body).unwrap();
    let (token, path) = (tokens[0]["apiToken"].as_str().unwrap(), contract::proxy::encoded(url));
    let call = format!(
        "{method} /pxr-block-proxy/pxr-block-proxy/reverse?block={root}&path={path}&from_block={from}&from_path=/book-operate HTTP/1.1\r\n\
         accept: application/json\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         session: {session}\r\ntoken: {token}\r\nhost: root-service\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    say(platform, &call).await
}

/// Its two calls, and what they say of a book that is closed and of one that is not.
async fn the_batch_finds_closed_books(place: Place) {
    // Residents have books by then.
    let platform = Platform::built(place, "6").await;
    let settings = format!("client_certificates = \"optional\"\nreference = [{}]", platform.code("region"));
    let platform = platform.with_blocks_setting(&settings).await;
    let session = |operator: i64, auth: Value| {
        let code = |of: &str| json!({"_value": platform.variables.get(of).unwrap(), "_ver": 1});
        let mut session = json!({
            "sessionId": "0".repeat(64), "operatorId": operator, "type": 3, "loginId": "root_batch",
            "block": code("root_block_code"), "actor": code("root_actor_code"),
        });
        if !auth.is_null() {
            session["auth"] = auth;
        }
        contract::proxy::encoded(&session.to_string())
    };
    let batch = session(999_999_999_999, Value::Null);
    let person = platform.known("resident1_login");
    let search = format!(r#"{{"pxrId":["{person}"],"offset":0,"limit":10}}"#);
    let targets = ("GET", "/book-manage/delete/target?offset=0&limit=10", "{}");
    let books = ("POST", "/book-manage/search", search.as_str());

    let found = the_batch_asks(&platform, "region", &batch, targets).await;
    assert!(found.start.starts_with("HTTP/1.1 200"), "{found:?}");
    assert_eq!(serde_json::from_str::<Value>(&found.body).unwrap(), json!([]), "no book is closed yet");
    let found = the_batch_asks(&platform, "region", &batch, books).await;
    assert!(found.start.starts_with("HTTP/1.1 200"), "{found:?}");
    let found: Value = serde_json::from_str(&found.body).unwrap();
    assert_eq!((found.as_array().map(Vec::len), &found[0]["pxrId"]), (Some(1), &json!(person)));

    let rights = json!({"book": {"create": true}});
    for call in [targets, books] {
        for (what, from, session) in [
            ("a block that is not marked", "app1", &batch),
            ("an operator of the root", "region", &session(1, Value::Null)),
            ("a batch with rights", "region", &session(999_999_999_999, rights.clone())),
        ] {
            let refused = the_batch_asks(&platform, from, session, call).await;
            assert!(refused.start.starts_with("HTTP/1.1 401"), "{call:?} by {what}: {refused:?}");
        }
    }
    let force = format!("/book-manage/force/{person}");
    for other in [
        ("GET", "/notification?is_send=false&is_unread=false&is_approval=false&type=0", "{}"),
        ("POST", "/book-manage/search/user", r#"{"actor":null,"app":null,"wf":null,"userId":"u"}"#),
        ("DELETE", force.as_str(), "{}"),
        ("GET", "/book-manage/search", "{}"),
    ] {
        let refused = the_batch_asks(&platform, "region", &batch, other).await;
        assert!(refused.start.starts_with("HTTP/1.1 401"), "another call, {other:?}: {refused:?}");
    }
    platform.stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_batch_of_a_block_of_the_reference_finds_closed_books_by_two_calls_on_sqlite() {
    the_batch_finds_closed_books(Place::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_batch_of_a_block_of_the_reference_finds_closed_books_by_two_calls_on_postgres() {
    if let Some(place) = Place::on_postgres().await {
        the_batch_finds_closed_books(place).await;
    }
}
