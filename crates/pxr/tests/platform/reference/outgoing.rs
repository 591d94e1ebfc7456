//! What the root does at other blocks by itself: tokens it orders, notices it hands over, certificates it has given up
//! (specs: trust-layer 4, hops 3b to 5; catalog-update 4.1.5, 4.1.7; notification 4.3).

use serde_json::{Value, json};

use super::root::{Answer, CODE, Root};
use crate::interoperation::wire::{Message, send};

/// A call that the root owes another block.
#[derive(Clone, Debug)]
pub(super) struct Owed {
    pub(super) block: i64,
    pub(super) method: &'static str,
    pub(super) path: String,
    /// The service of the root that calls.
    pub(super) sender: &'static str,
    pub(super) body: Value,
    pub(super) who: Value,
}

/// Makes the calls that are owed, in their order. What goes wrong is answered to whoever caused them.
pub(super) async fn tell(root: &Root) -> Option<Answer> {
    let owed = std::mem::take(&mut root.holdings().owed);
    for call in owed {
        let answer = match make(root, &call).await {
            Ok(answer) => answer,
            Err(refusal) => return Some(refusal),
        };
        if !answer.start.starts_with("HTTP/1.1 200") {
            let what = format!("{} {}: {} {}", call.method, call.path, answer.start, answer.body);
            return Some(Answer::refusal(500, &what));
        }
    }
    None
}

/// Through the proxies: with a token that the block made, to its reverse face. Nobody shows a certificate.
async fn make(root: &Root, call: &Owed) -> Result<Message, Answer> {
    let session = contract::proxy::encoded(&call.who.to_string());
    let element = json!({
        "caller": {
            "blockCode": CODE, "apiUrl": call.sender, "apiMethod": call.method, "userId": null,
            "apiCode": "0abdbf81-686c-423b-823a-ac0d889b0ae6",
            "operator": {"type": call.who["type"], "loginId": call.who["loginId"], "role": null},
        },
        "target": {"apiUrl": call.path, "apiMethod": call.method},
    });
    let end = platform::Clock::system().now() + chrono::TimeDelta::minutes(580);
    let end = vocabulary::TimeZone::UTC.text(end);
    let tokens = order(root, &session, &element, (call.block, &end)).await?;
    let token = tokens[0]["apiToken"].as_str().unwrap();
    let (name, address) = known(root, call.block)?;
    let (path, body) = (contract::proxy::encoded(&call.path), call.body.to_string());
    let bytes = format!(
        "{} /pxr-block-proxy/pxr-block-proxy/reverse?block={}&path={path}&from_block={CODE}&from_path={} HTTP/1.1\r\n\
         accept: application/json\r\ncontent-type: application/json\r\ncontent-length: {}\r\nsession: {session}\r\n\
         token: {token}\r\nhost: {name}\r\nConnection: close\r\n\r\n{body}",
        call.method,
        call.block,
        call.sender,
        body.len(),
    );
    Ok(send(root.authority(), &name, address, &bytes).await)
}

fn known(root: &Root, block: i64) -> Result<(String, std::net::SocketAddr), Answer> {
    let known = root.holdings().blocks.get(&block).cloned();
    known.ok_or_else(|| Answer::refusal(400, "対象ブロックが存在しません"))
}

/// Has another block make a token, over a connection on which no certificate is shown.
pub(super) async fn order(
    root: &Root,
    session: &str,
    element: &Value,
    (callee, end): (i64, &str),
) -> Result<Value, Answer> {
    let (name, address) = known(root, callee)?;
    let (caller, target) = (&element["caller"], &element["target"]);
    let body = json!([{
        "caller": {
            "blockCode": caller["blockCode"], "apiUrl": caller["apiUrl"], "apiMethod": caller["apiMethod"],
            "userId": caller["userId"], "apiCode": caller["apiCode"],
            "operator": {"type": caller["operator"]["type"], "loginId": caller["operator"]["loginId"], "role": caller["operator"]["role"]},
        },
        "target": {
            "apiUrl": target["apiUrl"], "apiMethod": target["apiMethod"], "blockCode": callee, "expirationDate": end,
            "parameter": null,
        },
    }])
    .to_string();
    let bytes = format!(
        "POST /access-control/access-control HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         accept: application/json\r\nsession: {session}\r\nhost: {name}\r\nConnection: close\r\n\r\n{body}",
        body.len(),
    );
    let answer = send(root.authority(), &name, address, &bytes).await;
    if !answer.start.starts_with("HTTP/1.1 200") {
        return Err(Answer::refusal(500, &format!("アクセス制御サービス: {}", answer.start)));
    }
    let mut tokens: Value = serde_json::from_str(&answer.body).unwrap();
    for token in tokens.as_array_mut().unwrap() {
        token["expirationDate"] = json!(end);
        token["blockCode"] = json!(callee);
    }
    Ok(tokens)
}
