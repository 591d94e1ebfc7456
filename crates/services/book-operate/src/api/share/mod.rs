//! Sharing: what one application stored, another one is given.

pub(super) mod give;
pub(super) mod receive;
pub(super) mod temporary;

use contract::proxy::{self, Sender, ToBlock};
use http::StatusCode;
use platform::{ApiError, Outgoing};
use serde_json::{Map, Value};
use vocabulary::Session;

use crate::{BookOperate, PATH, refusal::Refusal};

const KINDS: [&str; 3] = ["document", "event", "thing"];

impl BookOperate {
    /// Asks the blocks that hold a user's data, through the own proxy, which knows them from the consent. Gives one
    /// element for each block.
    async fn gather(
        &self,
        session: &Session,
        access_token: Option<&str>,
        wanted: &Map<String, Value>,
    ) -> Result<Vec<Value>, ApiError> {
        let own = self.ground.block.code.value;
        let mut request = Outgoing::post("/book-operate/share/search").session(session).json(wanted);
        if let Some(token) = access_token {
            request = request.header("access-token", token);
        }
        let sender = Sender { block: Some(own), path: Some(PATH) };
        let answer = proxy::call(&self.ground, sender, ToBlock::Block(own), request).await;
        let answer = answer.map_err(|error| {
            tracing::warn!(%error, "the proxy cannot be reached");
            Refusal::ShareFails
        })?;
        match answer.status {
            StatusCode::OK => {
                let all: Option<Vec<Value>> = serde_json::from_slice(&answer.body).ok();
                Ok(all.ok_or(Refusal::ShareFails)?)
            }
            StatusCode::BAD_REQUEST => Err(Refusal::NeighbourRefuses.into()),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Refusal::NeighbourForbids.into()),
            status => {
                tracing::warn!(%status, "sharing failed at the proxy");
                Err(Refusal::ShareFails.into())
            }
        }
    }
}

/// Whether a block gave anything at all.
fn holds_something(element: &Value) -> bool {
    KINDS
        .iter()
        .any(|kind| element.get(*kind).and_then(Value::as_array).is_some_and(|items| !items.is_empty()))
}
