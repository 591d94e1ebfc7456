//! The users of a block and what it stores about them (spec: book-operate 4).

use platform::{Answer, Neighbourhood, Outgoing};
use serde_json::json;
use vocabulary::{Code, ServiceName, Session};

use crate::{CallFailure, proxy::encoded};

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
