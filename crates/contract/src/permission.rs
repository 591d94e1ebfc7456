//! What the root's access control asks before data may be stored or shared: the consents of residents, and who holds
//! what (spec: access-control-manage 4.4-4.6).

use http::StatusCode;
use platform::{Answer, Neighbourhood, Outgoing};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use vocabulary::{Code, CodeVersion, ServiceName, Session};

use crate::CallFailure;

const BOOKS: &str = "book-manage";
const LEDGER: &str = "ctoken-ledger";

/// The three kinds of data that are stored and shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataKind {
    Document,
    Event,
    Thing,
}

impl DataKind {
    pub const ALL: [Self; 3] = [Self::Document, Self::Event, Self::Thing];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Event => "event",
            Self::Thing => "thing",
        }
    }
}

/// A user of an application.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownUser {
    pub pxr_id: String,
    /// 0: the book is open.
    #[serde(default)]
    pub book_status: i64,
}

/// May an application store these data about a user?
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoreQuestion {
    pub user_id: String,
    /// Workflows are no longer supported: always null.
    pub wf_code: Option<Code>,
    pub app_code: Option<Code>,
    pub actor_code: Code,
    pub datatype: Vec<CodeVersion>,
}

/// From which actors may an application receive these data about a user?
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareQuestion {
    pub user_id: String,
    pub app_code: Code,
    pub actor_code: Code,
    /// `document`, `event` and `thing` as they were asked for.
    #[serde(flatten)]
    pub kinds: Map<String, Value>,
    pub source_actor: Option<Code>,
    pub source_asset: Option<Code>,
}

/// What may be shared out of one actor's data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SharedFrom {
    #[serde(skip_serializing)]
    pub source_actor_code: Code,
    #[serde(default)]
    pub document: Vec<CodeVersion>,
    #[serde(default)]
    pub event: Vec<CodeVersion>,
    #[serde(default)]
    pub thing: Vec<CodeVersion>,
}

/// What a temporary share code stands for. A kind that is not listed at all is open.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemporaryDefinition {
    pub pxr_id: String,
    #[serde(default)]
    pub document: Option<Vec<CodeVersion>>,
    #[serde(default)]
    pub event: Option<Vec<CodeVersion>>,
    #[serde(default)]
    pub thing: Option<Vec<CodeVersion>>,
    /// Only these documents, events and things.
    #[serde(default)]
    pub identifier: Option<Vec<Value>>,
}

impl TemporaryDefinition {
    #[must_use]
    pub fn listed(&self, kind: DataKind) -> Option<&[CodeVersion]> {
        let listed = match kind {
            DataKind::Document => &self.document,
            DataKind::Event => &self.event,
            DataKind::Thing => &self.thing,
        };
        listed.as_deref()
    }
}

#[derive(Deserialize)]
struct StoreAnswer {
    #[serde(rename = "checkResult")]
    is_permitted: bool,
    // Both spellings are in the field (architecture 7.12).
    #[serde(default, rename = "datatype", alias = "dataType")]
    kinds: Option<Vec<CodeVersion>>,
}

#[derive(Deserialize)]
struct ShareAnswer {
    #[serde(rename = "checkResult")]
    is_permitted: bool,
    #[serde(default)]
    permission: Option<Vec<SharedFrom>>,
}

/// A client of the services of the root that know consents; only the root's access control uses it.
#[derive(Clone, Debug)]
pub struct PermissionClient {
    ground: Neighbourhood,
}

impl PermissionClient {
    #[must_use]
    pub fn new(ground: impl Into<Neighbourhood>) -> Self {
        Self { ground: ground.into() }
    }

    /// Who a user of an application is. The books answer 204 for an unknown one.
    pub async fn user(
        &self,
        session: &Session,
        actor: Code,
        app: Code,
        user_id: &str,
    ) -> Result<KnownUser, CallFailure> {
        let body = json!({"actor": actor, "app": app, "userId": user_id});
        CallFailure::read(BOOKS, &self.ask_books(session, "search/user/", &body).await?)
    }

    /// The data that may be stored; none when the resident did not agree.
    pub async fn may_store(
        &self,
        session: &Session,
        question: &StoreQuestion,
        partially: bool,
    ) -> Result<Option<Vec<CodeVersion>>, CallFailure> {
        let query = if partially { "?allowPartialStore=true" } else { "" };
        let path = format!("settings/store/permission{query}");
        let answer: StoreAnswer =
            CallFailure::read(BOOKS, &self.ask_books(session, &path, &json!(question)).await?)?;
        Ok(answer.kinds.filter(|_| answer.is_permitted))
    }

    /// What may be shared, by source; none when the resident did not agree.
    pub async fn may_share(
        &self,
        session: &Session,
        question: &ShareQuestion,
    ) -> Result<Option<Vec<SharedFrom>>, CallFailure> {
        let answer = self.ask_books(session, "setting/share/permission", &json!(question)).await?;
        let answer: ShareAnswer = CallFailure::read(BOOKS, &answer)?;
        Ok(answer.permission.filter(|_| answer.is_permitted))
    }

    /// What a temporary share code stands for; the books refuse an unknown or expired one.
    pub async fn temporary_definition(
        &self,
        session: &Session,
        code: &str,
    ) -> Result<TemporaryDefinition, CallFailure> {
        let body = json!({"tempShareCode": code});
        CallFailure::read(BOOKS, &self.ask_books(session, "share/temp/collation", &body).await?)
    }

    /// The actors that hold such data about a resident. The ledger answers 204 when nobody does.
    pub async fn holders(
        &self,
        session: &Session,
        pxr_id: &str,
        kind: DataKind,
        codes: &[CodeVersion],
    ) -> Result<Vec<Code>, CallFailure> {
        #[derive(Deserialize)]
        struct Held {
            actor: Actor,
        }
        #[derive(Deserialize)]
        struct Actor {
            #[serde(rename = "_value")]
            code: Code,
        }
        let mut body = json!({"pxrId": pxr_id, "document": [], "event": [], "thing": []});
        body[kind.word()] = json!(codes);
        let held: Vec<Held> =
            CallFailure::read(LEDGER, &self.ask_ledger(session, "/ctoken-ledger/count/", &body).await?)?;
        Ok(held.into_iter().map(|held| held.actor.code).collect())
    }

    /// The codes of single documents, events or things of a resident.
    pub async fn codes_of(
        &self,
        session: &Session,
        pxr_id: &str,
        kind: DataKind,
        identifiers: &[String],
    ) -> Result<Vec<CodeVersion>, CallFailure> {
        let body = json!({"pxrId": pxr_id, "identifier": {kind.word(): identifiers}});
        let answer = self.ask_ledger(session, "/ctoken-ledger/", &body).await?;
        if answer.status == StatusCode::NO_CONTENT {
            return Ok(Vec::new());
        }
        let entries: Value = CallFailure::read(LEDGER, &answer)?;
        let entries = entries[kind.word()].as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(entries.iter().filter_map(|entry| CodeVersion::read(&entry["code"])).collect())
    }

    async fn ask_books(&self, session: &Session, path: &str, body: &Value) -> Result<Answer, CallFailure> {
        let request = Outgoing::post(format!("/book-manage/{path}")).session(session).json(body);
        Ok(self.ground.channel.send(ServiceName::BookManage, request).await?)
    }

    async fn ask_ledger(&self, session: &Session, path: &str, body: &Value) -> Result<Answer, CallFailure> {
        let request = Outgoing::post(path).session(session).json(body);
        Ok(self.ground.channel.send(ServiceName::CtokenLedger, request).await?)
    }
}
