//! What the books of residents must hear of (spec: book-manage 4).

use platform::{Answer, Neighbourhood, Outgoing};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::{Code, CodeVersion, ServiceName, Session};

use crate::{
    CallFailure,
    proxy::{self, Sender, ToBlock, encoded},
    tolerant::{code, code_or_none},
};

const SERVICE: &str = "book-manage";

/// A client of the root's book-manage service.
#[derive(Clone, Debug)]
pub struct BookManageClient {
    ground: Neighbourhood,
    /// On whose behalf the proxy of another block is asked.
    sender: Option<&'static str>,
}

impl BookManageClient {
    #[must_use]
    pub fn new(ground: impl Into<Neighbourhood>) -> Self {
        Self { ground: ground.into(), sender: None }
    }

    /// From a block that is not the root: through its own proxy, for the service with this path, e.g. `/notification`.
    #[must_use]
    pub fn on_behalf_of(self, service: &'static str) -> Self {
        Self { sender: Some(service), ..self }
    }

    /// A region ends on a day; its users are told.
    pub async fn close_region(
        &self,
        session: &Session,
        actor: CodeVersion,
        region: CodeVersion,
        end_date: &str,
    ) -> Result<(), CallFailure> {
        let body = json!({"actor": actor, "region": region, "endDate": end_date});
        CallFailure::accepted(SERVICE, &self.post(session, "/book-manage/region/close", &body).await?)
    }

    /// Store or share definitions changed in a way that needs new consent.
    pub async fn settings_changed(
        &self,
        session: &Session,
        codes: &[CodeVersion],
    ) -> Result<(), CallFailure> {
        let body = json!({"codes": codes});
        CallFailure::accepted(SERVICE, &self.post(session, "/book-manage/settings/update", &body).await?)
    }

    /// A new version of the platform's terms of use needs consent.
    pub async fn platform_terms_changed(
        &self,
        session: &Session,
        terms: CodeVersion,
    ) -> Result<(), CallFailure> {
        self.terms_changed(session, "platform", terms).await
    }

    /// A new version of a region's terms of use needs consent.
    pub async fn region_terms_changed(
        &self,
        session: &Session,
        terms: CodeVersion,
    ) -> Result<(), CallFailure> {
        self.terms_changed(session, "region", terms).await
    }

    async fn terms_changed(
        &self,
        session: &Session,
        whose: &str,
        terms: CodeVersion,
    ) -> Result<(), CallFailure> {
        let path = format!("/book-manage/term_of_use/{whose}/update");
        let body = json!({"code": terms.value, "version": terms.ver});
        CallFailure::accepted(SERVICE, &self.post(session, &path, &body).await?)
    }

    /// Tells who is notified when data are stored: takes the place of what the notification said before.
    pub async fn notify_of_stores(
        &self,
        session: &Session,
        notification: CodeVersion,
        share: CodeVersion,
        definitions: &[String],
    ) -> Result<(), CallFailure> {
        let body = json!({
            "type": "store-event",
            "notificateCatalog": notification,
            "shareCode": share,
            "shareUUID": definitions,
        });
        CallFailure::accepted(SERVICE, &self.post(session, "/book-manage/store-event", &body).await?)
    }

    /// Links a resident to whoever holds an identify code (spec: book-manage 4.6.1).
    pub async fn cooperate(&self, session: &Session, identify_code: &str) -> Result<LinkedUser, CallFailure> {
        let body = json!({"identifyCode": identify_code});
        CallFailure::read(SERVICE, &self.post(session, "/book-manage/cooperate", &body).await?)
    }

    /// Ends a link whose end was asked for (spec: book-manage 4.6.6).
    pub async fn release(&self, session: &Session, identify_code: &str) -> Result<LinkedUser, CallFailure> {
        let body = json!({"identifyCode": identify_code});
        CallFailure::read(SERVICE, &self.post(session, "/book-manage/cooperate/release", &body).await?)
    }

    /// The links of the books that the conditions of `POST /book-manage/search` find, possibly none.
    pub async fn links(&self, session: &Session, condition: &Value) -> Result<Vec<BookLinks>, CallFailure> {
        CallFailure::read_all(SERVICE, &self.post(session, "/book-manage/search", condition).await?)
    }

    /// The PXR-ID of a user of an application.
    pub async fn pxr_id(
        &self,
        session: &Session,
        actor: Option<Code>,
        app: Code,
        user_id: &str,
    ) -> Result<String, CallFailure> {
        #[derive(Deserialize)]
        struct Found {
            #[serde(rename = "pxrId")]
            pxr_id: String,
        }
        let body = json!({"actor": actor, "userId": user_id, "app": app, "wf": null});
        let answer = self.post(session, "/book-manage/search/user", &body).await?;
        CallFailure::read(SERVICE, &answer).map(|found: Found| found.pxr_id)
    }

    /// What a temporary share code permits; an unknown or expired one is refused.
    pub async fn collate_share_code(
        &self,
        session: &Session,
        code: &str,
    ) -> Result<TemporaryShare, CallFailure> {
        let body = json!({"tempShareCode": code});
        CallFailure::read(SERVICE, &self.post(session, "/book-manage/share/temp/collation", &body).await?)
    }

    /// The consents to storing of a user: 400 for an unknown user, 404 for one without consents.
    pub async fn store_settings(
        &self,
        session: &Session,
        user_id: &str,
        app: i64,
        actor: Option<i64>,
    ) -> Result<Value, CallFailure> {
        let actor = actor.map(|code| format!("&actorCode={code}")).unwrap_or_default();
        let path = format!("/book-manage/settings/store/{}?app={app}{actor}", encoded(user_id));
        CallFailure::read(SERVICE, &self.send(Outgoing::get(path).session(session)).await?)
    }

    /// The PXR-ID of a user of an actor's application, also of a closed book or an ended link; 204 for an unknown one.
    pub async fn pxr_id_even_if_gone(
        &self,
        session: &Session,
        actor: Code,
        app: Code,
        user_id: &str,
    ) -> Result<String, CallFailure> {
        #[derive(Deserialize)]
        struct Found {
            #[serde(rename = "pxrId")]
            pxr_id: String,
        }
        let body = json!({"userId": user_id, "actor": actor, "app": app, "wf": null});
        let path = "/book-manage/search/user?disableFlg=1&includeDeleteCoop=1";
        let answer = self.post(session, path, &body).await?;
        CallFailure::read(SERVICE, &answer).map(|found: Found| found.pxr_id)
    }

    /// Data of residents were stored, changed or deleted in a block (spec: book-manage 4.5.2).
    pub async fn tell_stored(&self, session: &Session, differences: &Value) -> Result<(), CallFailure> {
        let answer = self.post(session, "/book-manage/store-event/notificate", differences).await?;
        CallFailure::accepted(SERVICE, &answer)
    }

    pub(crate) async fn post(
        &self,
        session: &Session,
        path: &str,
        body: &Value,
    ) -> Result<Answer, CallFailure> {
        self.send(Outgoing::post(path).session(session).json(body)).await
    }

    pub(crate) async fn send(&self, request: Outgoing) -> Result<Answer, CallFailure> {
        if self.ground.block.is_root() {
            return Ok(self.ground.channel.send(ServiceName::BookManage, request).await?);
        }
        let sender = Sender { block: None, path: self.sender };
        Ok(proxy::call(&self.ground, sender, ToBlock::Root, request).await?)
    }
}

/// A resident as an actor's region or application knows him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkedUser {
    pub user_id: String,
    #[serde(deserialize_with = "code")]
    pub actor: CodeVersion,
    #[serde(default, deserialize_with = "code_or_none", skip_serializing_if = "Option::is_none")]
    pub region: Option<CodeVersion>,
    #[serde(default, deserialize_with = "code_or_none", skip_serializing_if = "Option::is_none")]
    pub app: Option<CodeVersion>,
    /// Workflows are no longer supported; a link to one must be refused.
    #[serde(default, deserialize_with = "code_or_none", skip_serializing)]
    pub wf: Option<CodeVersion>,
}

/// A book with its links, as `POST /book-manage/search` shows it; only what callers read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct BookLinks {
    #[serde(default)]
    pub cooperation: Option<Vec<Link>>,
}

/// A link of a book to a region or an application.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    #[serde(default, deserialize_with = "code_or_none")]
    pub actor: Option<CodeVersion>,
    #[serde(default, deserialize_with = "code_or_none")]
    pub app: Option<CodeVersion>,
    #[serde(default)]
    pub user_id: Option<String>,
    #[serde(default)]
    pub start_at: Option<String>,
    /// 1: linked.
    #[serde(default)]
    pub status: Option<i64>,
}

/// What a temporary share code permits.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemporaryShare {
    #[serde(default)]
    pub pxr_id: Option<String>,
    /// The application whose data may be given; a code without version.
    #[serde(default)]
    pub app: Option<Value>,
    /// Conditions on single documents, events and things.
    #[serde(default)]
    pub identifier: Option<Vec<Value>>,
}
