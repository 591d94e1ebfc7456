//! What the operator service offers its neighbours in the same block.

use platform::{Ground, Outgoing};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::{CodeVersion, ServiceName, Session};

use crate::{CallFailure, proxy::encoded};

const SERVICE: &str = "operator";

/// An operator as `GET /operator…` shows it (spec: operator 4.5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OperatorView {
    pub operator_id: i64,
    #[serde(rename = "type")]
    pub operator_type: i64,
    pub login_id: String,
    #[serde(skip_serializing_if = "Presence::is_hidden", default)]
    pub pxr_id: Presence<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile_phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_login_at: Option<String>,
    #[serde(default)]
    pub password_changed_flg: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<CodeVersion>>,
    #[serde(default)]
    pub login_prohibited_flg: bool,
}

/// A member of an answer that is there for some kinds of operators only, and may be null where it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<T>", untagged)]
pub enum Presence<T> {
    /// Not a member at all.
    #[default]
    Hidden,
    /// A member, possibly null.
    Shown(Option<T>),
}

impl<T> Presence<T> {
    #[must_use]
    pub const fn is_hidden(&self) -> bool {
        matches!(self, Self::Hidden)
    }

    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Shown(value) => value.as_ref(),
            Self::Hidden => None,
        }
    }
}

impl<T> From<Option<T>> for Presence<T> {
    fn from(value: Option<T>) -> Self {
        Self::Shown(value)
    }
}

/// A client of the block's own operator service.
#[derive(Clone, Debug)]
pub struct OperatorClient {
    ground: Ground,
}

impl OperatorClient {
    #[must_use]
    pub const fn new(ground: Ground) -> Self {
        Self { ground }
    }

    /// An operator by its id; the service answers 204 for an unknown one.
    pub async fn by_id(&self, session: &Session, id: i64) -> Result<OperatorView, CallFailure> {
        self.get(session, format!("/operator/{id}")).await
    }

    /// A resident by PXR-ID; the service answers 204 for an unknown one.
    pub async fn by_pxr_id(&self, session: &Session, pxr_id: &str) -> Result<OperatorView, CallFailure> {
        self.get(session, format!("/operator?pxrId={}", encoded(pxr_id))).await
    }

    /// Leaves a copy of an identification code of the caller, a resident.
    pub async fn keep_identify_code(
        &self,
        session: &Session,
        identify_code: &str,
        expiration_at: &str,
    ) -> Result<(), CallFailure> {
        let body = json!({"identifyCode": identify_code, "expirationAt": expiration_at});
        let request = Outgoing::post("/operator/identifyCode").session(session).json(&body);
        CallFailure::accepted(SERVICE, &self.ground.channel.send(ServiceName::Operator, request).await?)
    }

    async fn get(&self, session: &Session, path: String) -> Result<OperatorView, CallFailure> {
        let answer =
            self.ground.channel.send(ServiceName::Operator, Outgoing::get(path).session(session)).await?;
        CallFailure::read(SERVICE, &answer)
    }
}
