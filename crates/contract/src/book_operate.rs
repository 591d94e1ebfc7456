//! The users of a block and what it stores about them (spec: book-operate 4).

use http::StatusCode;
use platform::{Answer, Neighbourhood, Outgoing};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use vocabulary::{Code, CodeVersion, ServiceName, Session};

use crate::{
    CallFailure,
    ctoken_ledger::Bare,
    proxy::{self, Sender, ToBlock, encoded},
};

const SERVICE: &str = "book-operate";

/// A client of the block's own book-operate service.
#[derive(Clone, Debug)]
pub struct BookOperateClient {
    ground: Neighbourhood,
}

impl BookOperateClient {
    #[must_use]
    pub fn new(ground: impl Into<Neighbourhood>) -> Self {
        Self { ground: ground.into() }
    }

    /// Creates the user that an identification code stands for.
    pub async fn create_user(&self, session: &Session, identify_code: &str) -> Result<(), CallFailure> {
        let body = json!({"identifyCode": identify_code, "attributes": {}, "userInformation": null});
        self.accepted(Outgoing::post("/book-operate/user").session(session).json(&body)).await
    }

    /// Creates the users whose link the root has confirmed and this block does not know yet.
    pub async fn create_confirmed_users(&self, session: &Session) -> Result<(), CallFailure> {
        self.accepted(Outgoing::post("/book-operate/user/batch").session(session).json(&json!({}))).await
    }

    /// Ends the link that a verified code stands for, and removes the user: physically with all stored data, or
    /// by a mark.
    pub async fn delete_user(
        &self,
        session: &Session,
        identify_code: &str,
        physically: bool,
    ) -> Result<(), CallFailure> {
        let path = format!("/book-operate/user/delete?physicalDelete={physically}");
        let body = json!({"identifyCode": identify_code});
        self.accepted(Outgoing::post(path).session(session).json(&body)).await
    }

    /// Removes what an application stored about a user.
    pub async fn delete_stored(
        &self,
        session: &Session,
        user_id: &str,
        app: Code,
        physically: bool,
    ) -> Result<(), CallFailure> {
        let user_id = encoded(user_id);
        let path = format!("/book-operate/store/{user_id}?physicalDelete={physically}&app={app}");
        self.accepted(Outgoing::delete(path).session(session)).await
    }

    async fn accepted(&self, request: Outgoing) -> Result<(), CallFailure> {
        let answer: Answer = self.ground.channel.send(ServiceName::BookOperate, request).await?;
        CallFailure::accepted(SERVICE, &answer)
    }
}

/// A client of the book-operate services of other blocks, for the root.
#[derive(Clone, Debug)]
pub struct OtherBlocksBooks {
    ground: Neighbourhood,
    /// On whose behalf the own proxy is asked, e.g. `/book-manage`.
    sender: &'static str,
}

/// Which shares of a user's data are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SharesWanted {
    pub access_at: Option<AccessPeriod>,
    pub app: Option<Bare>,
    /// Workflows are no longer supported: always null.
    pub wf: Option<Bare>,
    pub user_id: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub document: Vec<CodeVersion>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event: Vec<CodeVersion>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thing: Vec<CodeVersion>,
}

/// Which stored data of a user are asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataWanted {
    pub user_id: String,
    /// `document`, `event` or `thing`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub identifier: Option<Vec<String>>,
    pub updated_at: Option<AccessPeriod>,
    #[serde(rename = "_code")]
    pub code: Option<Vec<CodeVersion>>,
    pub app: Option<Bare>,
    /// Workflows are no longer supported: always null.
    pub wf: Option<Bare>,
}

/// Times in the form of the API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessPeriod {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
}

/// Data of a user were stored, changed or deleted somewhere, and an application that may receive them is told. Exactly
/// one of `document`, `event` and `thing` is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoreEvent {
    #[serde(rename = "type")]
    pub kind: String,
    pub operate: String,
    /// The user at the destination.
    pub user_id: String,
    /// The datum.
    pub identifier: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<CodeVersion>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<CodeVersion>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thing: Option<CodeVersion>,
    pub source_actor: CodeVersion,
    pub source_app: Option<CodeVersion>,
    pub source_wf: Option<CodeVersion>,
    pub destination_actor: CodeVersion,
    pub destination_app: Option<CodeVersion>,
    pub destination_wf: Option<CodeVersion>,
    /// The catalog item of a share trigger.
    pub trigger: Option<CodeVersion>,
}

impl OtherBlocksBooks {
    #[must_use]
    pub fn new(ground: impl Into<Neighbourhood>, sender: &'static str) -> Self {
        Self { ground: ground.into(), sender }
    }

    /// Who was given data of a user of that block; the service answers 204 when nobody was.
    pub async fn access_log(
        &self,
        session: &Session,
        block: Code,
        wanted: &SharesWanted,
    ) -> Result<Vec<Map<String, Value>>, CallFailure> {
        let request = Outgoing::post("/book-operate/accesslog").session(session).json(wanted);
        CallFailure::read_all(SERVICE, &self.send(session, block, request).await?)
    }

    /// The stored data of a user of that block; the service answers 204 when there are none.
    pub async fn search(
        &self,
        session: &Session,
        block: Code,
        wanted: &DataWanted,
    ) -> Result<Vec<Value>, CallFailure> {
        let request = Outgoing::post("/book-operate/book/search").session(session).json(wanted);
        let answer = self.send(session, block, request).await?;
        if answer.status == StatusCode::NO_CONTENT {
            Ok(Vec::new())
        } else {
            CallFailure::read(SERVICE, &answer)
        }
    }

    /// Tells an application of that block.
    pub async fn tell(&self, session: &Session, block: Code, event: &StoreEvent) -> Result<(), CallFailure> {
        let request = Outgoing::post("/book-operate/store-event/receive").session(session).json(event);
        CallFailure::accepted(SERVICE, &self.send(session, block, request).await?)
    }

    async fn send(&self, session: &Session, block: Code, request: Outgoing) -> Result<Answer, CallFailure> {
        let sender = Sender { block: session.block.map(|block| block.value), path: Some(self.sender) };
        Ok(proxy::call(&self.ground, sender, ToBlock::Block(block), request).await?)
    }
}
