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

    pub(crate) async fn post(&self, session: &Session, path: &str, body: &Value) -> Result<Answer, CallFailure> {
        let request = Outgoing::post(path).session(session).json(body);
        Ok(self.ground.channel.send(ServiceName::BookManage, request).await?)
    }
}
