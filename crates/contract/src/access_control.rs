//! API tokens: what a block's proxy asks of its access control, and what the root's office orders
//! (spec: access-control 4).

use platform::{Answer, Ground, Outgoing, Unreachable};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vocabulary::{CodeVersion, ServiceName, Session};

use crate::CallFailure;

const SERVICE: &str = "access-control";

/// A planned call, as a proxy asks a token for it.
#[derive(Clone, Debug, Serialize)]
pub struct TokenRequest {
    pub caller: TokenCaller,
    pub target: TokenTarget,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenCaller {
    pub block_code: i64,
    pub api_url: String,
    pub api_method: String,
    pub user_id: String,
    pub operator: TokenOperator,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_body: Option<Value>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenOperator {
    #[serde(rename = "type")]
    pub operator_type: i64,
    pub login_id: String,
    pub role: Option<Vec<CodeVersion>>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenTarget {
    #[serde(rename = "_code", skip_serializing_if = "Vec::is_empty")]
    pub code: Vec<Value>,
    pub block_code: i64,
    pub api_url: String,
    pub api_method: String,
}

/// A token; for sharing there is one for each source block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    // Whoever asks knows what for; some answers in the field leave it out.
    #[serde(default)]
    pub api_url: String,
    #[serde(default)]
    pub api_method: String,
    pub block_code: i64,
    pub api_token: String,
}

/// A token to be checked where it arrived.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Collation {
    pub caller: CollationCaller,
    pub target: CollationTarget,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollationCaller {
    pub api_url: String,
    /// The block the call came from; reference proxies do not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_code: Option<i64>,
    /// Whether the token is spent with this call; only our proxies say so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub single_use: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollationTarget {
    pub api_url: String,
    pub api_method: String,
    pub api_token: String,
}

/// What a token permits, in the words of whoever ordered it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Collated {
    pub user_id: Option<String>,
    pub parameter: Option<String>,
}

/// A client of the block's own access control.
#[derive(Clone, Debug)]
pub struct AccessControlClient {
    ground: Ground,
}

impl AccessControlClient {
    #[must_use]
    pub const fn new(ground: Ground) -> Self {
        Self { ground }
    }

    /// Tokens for a planned call; `access_token` is the ID service's, handed on.
    pub async fn tokens(
        &self,
        session: &Session,
        access_token: Option<&str>,
        request: &TokenRequest,
    ) -> Result<Vec<Token>, CallFailure> {
        let mut outgoing = Outgoing::post("/access-control/token").session(session).json(&[request]);
        if let Some(token) = access_token {
            outgoing = outgoing.header("access-token", token);
        }
        CallFailure::read(SERVICE, &self.send(outgoing).await?)
    }

    /// What a token permits, if it fits the call.
    pub async fn collate(&self, session: &Session, collation: &Collation) -> Result<Collated, CallFailure> {
        let outgoing = Outgoing::post("/access-control/collate").session(session).json(collation);
        CallFailure::read(SERVICE, &self.send(outgoing).await?)
    }

    async fn send(&self, request: Outgoing) -> Result<Answer, Unreachable> {
        self.ground.channel.send(ServiceName::AccessControl, request).await
    }
}
