//! A block seen from outside: its public listener, as a member's browser would use it. What the commands do at blocks
//! that run elsewhere, they do through here, so that it is worth as much at a block of the reference.

pub(crate) mod actors;
pub(crate) mod blocks;
pub(crate) mod certificates;

use std::collections::BTreeMap;

use contract::proxy::encoded;
use serde_json::{Value, json};
use story::{Client, ClientError, Ready, Reply};
use vocabulary::password::ClientHash;

/// Why a block did not do what a command asked for.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    #[error("the HTTP client cannot be made: {0}")]
    Client(String),
    #[error("{0}; check the address and whether the block runs")]
    NoAnswer(#[from] ClientError),
    #[error(
        "{url} does not let {login_id} in ({status} {message}); check login id and password, and --salt and \
         --stretch if the platform has its own"
    )]
    Login { url: String, login_id: String, status: u16, message: String },
    #[error("{what}: refused with {status}: {message}")]
    Refused { what: String, status: u16, message: String },
    #[error("{what}: the answer has no {missing}")]
    Answer { what: String, missing: &'static str },
    #[error("{what}: what came back is no answer of a block ({text:?}); check the address")]
    Garbage { what: String, text: String },
    #[error(
        "{what}: the root has no such route. A root of the reference issues a certificate when it certifies an \
         actor (`pxr actor approve --certificate`), ends it with the actor (`pxr actor remove`), and takes no orders"
    )]
    NotOffered { what: String },
    #[error("{0}")]
    State(String),
}

/// Whose services are called, through the proxy of the block where the member logged in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum To {
    Own,
    /// The root of the platform; for a member of the root that is its own block.
    Root,
}

/// A member who is logged in.
#[derive(Debug)]
pub(crate) struct Member {
    client: Client,
    url: String,
    who: Value,
}

/// The name of the only cookie jar.
const JAR: &str = "member";

impl Member {
    /// Logs in at the public listener of a block.
    pub(crate) async fn login(
        url: &str,
        login_id: &str,
        password: &str,
        hash: &ClientHash,
    ) -> Result<Self, RemoteError> {
        let mut client = Client::new().map_err(|error| RemoteError::Client(error.to_string()))?;
        let ready = Ready {
            method: "POST".to_owned(),
            base: url.trim_end_matches('/').to_owned(),
            path: "/operator/operator/login".to_owned(),
            headers: english(),
            body: Some(json!({"type": 3, "loginId": login_id, "hpassword": hash.of(password)})),
        };
        let reply = client.send(ready, None, Some(JAR)).await?;
        if reply.status != 200 {
            let (url, login_id, status) = (url.to_owned(), login_id.to_owned(), reply.status);
            return Err(RemoteError::Login { url, login_id, status, message: message(&reply) });
        }
        let who = said("the login", reply)?;
        Ok(Self { client, url: url.trim_end_matches('/').to_owned(), who })
    }

    /// Code of the block that the member belongs to.
    pub(crate) fn block(&self) -> Result<i64, RemoteError> {
        let code = self.who["block"]["_value"].as_i64();
        code.ok_or_else(|| RemoteError::Answer { what: "the login".to_owned(), missing: "block" })
    }

    /// Code of the actor that the member acts for, once its block has one.
    pub(crate) fn actor(&self) -> Option<i64> {
        self.who["actor"]["_value"].as_i64()
    }

    /// A call through the proxy, whatever is answered.
    pub(crate) async fn call(
        &mut self,
        to: To,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<Reply, RemoteError> {
        let block = match to {
            To::Own => "",
            To::Root => "block=$pxr-root-block&",
        };
        let ready = Ready {
            method: method.to_owned(),
            base: self.url.clone(),
            path: format!("/pxr-block-proxy/pxr-block-proxy/?{block}path={}", encoded(path)),
            headers: english(),
            body,
        };
        Ok(self.client.send(ready, Some(JAR), None).await?)
    }

    /// A call that must be answered with 200. `what` says in an error what was tried.
    pub(crate) async fn ask(
        &mut self,
        what: &str,
        (to, method, path): (To, &str, &str),
        body: Option<Value>,
    ) -> Result<Value, RemoteError> {
        let reply = self.call(to, method, path, body).await?;
        if reply.status == 200 { said(what, reply) } else { Err(refused(what, &reply)) }
    }

    /// A question whose answer may be that there is nothing: null.
    pub(crate) async fn find(&mut self, what: &str, to: To, path: &str) -> Result<Value, RemoteError> {
        let reply = self.call(to, "GET", path, None).await?;
        match reply.status {
            200 => said(what, reply),
            204 | 404 => Ok(Value::Null),
            _ => Err(refused(what, &reply)),
        }
    }
}

/// What a block answered; something else may be there instead of a block.
fn said(what: &str, reply: Reply) -> Result<Value, RemoteError> {
    if reply.body.is_null() {
        return Err(RemoteError::Garbage { what: what.to_owned(), text: beginning(&reply.text) });
    }
    Ok(reply.body)
}

fn beginning(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

/// Commands speak English, and so do the refusals that they tell of.
fn english() -> BTreeMap<String, Option<String>> {
    BTreeMap::from([("accept-language".to_owned(), Some("en".to_owned()))])
}

/// A refusal in the words of the block.
pub(crate) fn refused(what: &str, reply: &Reply) -> RemoteError {
    RemoteError::Refused { what: what.to_owned(), status: reply.status, message: message(reply) }
}

/// The same, of a route that a root of the reference lacks: it answers a page to those who get that far.
pub(crate) fn refused_or_not_offered(what: &str, reply: &Reply) -> RemoteError {
    if reply.status == 404 && reply.body.is_null() {
        return RemoteError::NotOffered { what: what.to_owned() };
    }
    refused(what, reply)
}

fn message(reply: &Reply) -> String {
    let of = |value: &Value| value["message"].as_str().map(str::to_owned);
    let reasons = reply.body["reasons"].as_array().map(|reasons| {
        let reason = |reason: &Value| {
            let field = reason["path"].as_str().or(reason["property"].as_str()).unwrap_or_default();
            format!("{field}: {}", of(reason).unwrap_or_default())
        };
        reasons.iter().map(reason).collect::<Vec<_>>().join("; ")
    });
    of(&reply.body).or(reasons).unwrap_or_else(|| beginning(&reply.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_the_words_of_the_block() {
        let reply = |body: Value| Reply { status: 400, text: body.to_string(), body };
        assert_eq!(message(&reply(json!({"status": 400, "message": "no"}))), "no");
        let reasons = json!({"reasons": [
            {"property": "a", "message": "x"},
            {"property": "b", "message": "y", "path": "c[0].b"},
        ]});
        assert_eq!(message(&reply(reasons)), "a: x; c[0].b: y");
        let proxy = Reply { status: 502, body: Value::Null, text: "<p>Bad\n Gateway</p>\n".to_owned() };
        assert_eq!(message(&proxy), "<p>Bad Gateway</p>");
    }
}
