//! What a block stored and has not told the root's ledger yet (spec: local-ctoken 4).

use platform::{Neighbourhood, Outgoing};
use serde::Deserialize;
use serde_json::json;
use vocabulary::{ServiceName, Session};

use crate::CallFailure;

pub use crate::matrix::{
    DeletedDocument, DeletedElement, DeletedEvent, DeletedThing, Differences, DocumentColumns, Element,
    EventColumns, ThingColumns,
};

const SERVICE: &str = "local-ctoken";

/// A client of the block's own local-ctoken service.
#[derive(Clone, Debug)]
pub struct LocalCtokenClient {
    ground: Neighbourhood,
}

impl LocalCtokenClient {
    #[must_use]
    pub fn new(ground: impl Into<Neighbourhood>) -> Self {
        Self { ground: ground.into() }
    }

    /// Notes differences. Telling the same ones again changes nothing.
    pub async fn register(&self, session: &Session, differences: &Differences) -> Result<(), CallFailure> {
        let request = Outgoing::post("/local-ctoken").session(session).json(differences);
        CallFailure::accepted(SERVICE, &self.ground.channel.send(ServiceName::LocalCtoken, request).await?)
    }

    /// How many differences the ledger has not got yet.
    pub async fn unsent(&self, session: &Session) -> Result<u64, CallFailure> {
        #[derive(Deserialize)]
        struct Counted {
            count: u64,
        }
        let request = Outgoing::get("/local-ctoken/ledger/count").session(session);
        let answer = self.ground.channel.send(ServiceName::LocalCtoken, request).await?;
        CallFailure::read::<Counted>(SERVICE, &answer).map(|counted| counted.count)
    }

    /// Sends the ledger the oldest `count` differences, 1000 at most.
    pub async fn forward(&self, session: &Session, count: u64) -> Result<(), CallFailure> {
        let request = Outgoing::post("/local-ctoken/ledger").session(session);
        let request = request.json(&json!({"offset": 0, "count": count}));
        CallFailure::accepted(SERVICE, &self.ground.channel.send(ServiceName::LocalCtoken, request).await?)
    }
}
