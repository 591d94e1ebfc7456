//! The root's ledger of who holds what about whom (spec: ctoken-ledger 4).

use platform::{Neighbourhood, Outgoing};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::{Code, CodeVersion, ServiceName, Session};

use crate::{
    CallFailure,
    matrix::Differences,
    proxy::{self, Sender, ToBlock},
};

const SERVICE: &str = "ctoken-ledger";

/// Which entries are counted or listed. Lists of several kinds exclude each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Wanted {
    pub create_at: Period,
    /// Whose; a resident's session says that by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pxr_id: Option<String>,
    pub document: Vec<CodeVersion>,
    pub event: Vec<CodeVersion>,
    pub thing: Vec<CodeVersion>,
}

/// Times in the form of the API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Period {
    pub start: Option<String>,
    pub end: Option<String>,
}

/// How much an actor holds for an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub actor: Bare,
    pub app: Bare,
    /// Workflows are no longer supported: always null.
    #[serde(default)]
    pub wf: Option<Bare>,
    pub document: Vec<CountedCode>,
    pub event: Vec<CountedCode>,
    pub thing: Vec<CountedCode>,
}

/// A code without version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bare {
    #[serde(rename = "_value")]
    pub value: Code,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedCode {
    #[serde(rename = "_code")]
    pub code: CodeVersion,
    pub count: i64,
}

/// One kind of entries; at most one is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entries {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<Vec<Entry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Vec<Entry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thing: Option<Vec<Entry>>,
}

/// A document, an event or a thing that an actor holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub actor: CodeVersion,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<CodeVersion>,
    pub created_at: Option<String>,
    pub code: CodeVersion,
    pub identifier: String,
}

/// Who holds one of the entries; only what callers read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Holder {
    #[serde(default)]
    pub actor: Option<CodeVersion>,
    #[serde(default)]
    pub app: Option<CodeVersion>,
}

/// A client of the ledger: on the root itself, or from another block through its proxy.
#[derive(Clone, Debug)]
pub struct CtokenLedgerClient {
    ground: Neighbourhood,
    /// On whose behalf the proxy is asked.
    sender: &'static str,
}

impl CtokenLedgerClient {
    /// `sender`: the path of the calling service, e.g. `/local-ctoken`.
    #[must_use]
    pub fn new(ground: impl Into<Neighbourhood>, sender: &'static str) -> Self {
        Self { ground: ground.into(), sender }
    }

    /// Tells the ledger differences. Telling the same ones again changes nothing.
    pub async fn apply(&self, session: &Session, differences: &Differences) -> Result<(), CallFailure> {
        let request = Outgoing::post("/ctoken-ledger/local").session(session).json(differences);
        CallFailure::accepted(SERVICE, &self.send(request).await?)
    }

    /// Who holds how much.
    pub async fn count(&self, session: &Session, wanted: &Wanted) -> Result<Vec<Counted>, CallFailure> {
        let request = Outgoing::post("/ctoken-ledger/count").session(session).json(wanted);
        CallFailure::read_all(SERVICE, &self.send(request).await?)
    }

    /// Who holds how much of a resident's data, for whoever only hands it on.
    pub async fn count_as_written(
        &self,
        session: &Session,
        create_at: &Period,
    ) -> Result<Vec<Value>, CallFailure> {
        let body = json!({"createAt": create_at});
        let request = Outgoing::post("/ctoken-ledger/count").session(session).json(&body);
        CallFailure::read_all(SERVICE, &self.send(request).await?)
    }

    /// What is held: the body is that of the spec (4.1).
    pub async fn entries(&self, session: &Session, wanted: &Value) -> Result<Entries, CallFailure> {
        let request = Outgoing::post("/ctoken-ledger").session(session).json(wanted);
        CallFailure::read(SERVICE, &self.send(request).await?)
    }

    /// Who holds the entries that a question finds, in their order.
    pub async fn holders(&self, session: &Session, wanted: &Value) -> Result<Vec<Holder>, CallFailure> {
        #[derive(Deserialize)]
        struct Found {
            document: Option<Vec<Holder>>,
            event: Option<Vec<Holder>>,
            thing: Option<Vec<Holder>>,
        }
        let request = Outgoing::post("/ctoken-ledger").session(session).json(wanted);
        let found: Found = CallFailure::read(SERVICE, &self.send(request).await?)?;
        Ok(found.document.or(found.event).or(found.thing).unwrap_or_default())
    }

    async fn send(&self, request: Outgoing) -> Result<platform::Answer, CallFailure> {
        if self.ground.block.is_root() {
            return Ok(self.ground.channel.send(ServiceName::CtokenLedger, request).await?);
        }
        let sender = Sender { block: None, path: Some(self.sender) };
        Ok(proxy::call(&self.ground, sender, ToBlock::Root, request).await?)
    }
}
