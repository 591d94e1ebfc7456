//! What the books of residents must hear of (spec: book-manage 4).

use platform::{Answer, Neighbourhood, Outgoing};
use serde_json::{Value, json};
use vocabulary::{CodeVersion, ServiceName, Session};

use crate::CallFailure;

const SERVICE: &str = "book-manage";

/// A client of the root's book-manage service, from within the root.
#[derive(Clone, Debug)]
pub struct BookManageClient {
    ground: Neighbourhood,
}

impl BookManageClient {
    #[must_use]
    pub fn new(ground: impl Into<Neighbourhood>) -> Self {
        Self { ground: ground.into() }
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

    pub(crate) async fn post(&self, session: &Session, path: &str, body: &Value) -> Result<Answer, CallFailure> {
        let request = Outgoing::post(path).session(session).json(body);
        Ok(self.ground.channel.send(ServiceName::BookManage, request).await?)
    }
}
