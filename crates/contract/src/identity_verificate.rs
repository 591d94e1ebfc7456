//! Identification codes: who a resident is to an organisation (spec: identity-verificate 4).

use platform::{Answer, Neighbourhood, Outgoing, Unreachable};
use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::{CodeVersion, ServiceName, Session};

use crate::{
    CallFailure,
    proxy::{self, Via, encoded},
    tolerant::{code, code_or_none},
};

const SERVICE: &str = "identity-verificate";

/// What the service says about a code that is too old. Others compare it: a batch marks the notice of such a code
/// as read, and does not try it again. The reference says it in these very words, and compares them, too.
pub const EXPIRED: &str = "指定された本人性確認コードは、有効期限切れです";

/// Whom a verified code stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Collated {
    pub pxr_id: String,
    pub user_id: Option<String>,
    #[serde(deserialize_with = "code")]
    pub actor: CodeVersion,
    #[serde(default, deserialize_with = "code_or_none", skip_serializing_if = "Option::is_none")]
    pub region: Option<CodeVersion>,
    #[serde(default, deserialize_with = "code_or_none", skip_serializing_if = "Option::is_none")]
    pub app: Option<CodeVersion>,
}

/// An order of a code that counts as verified at once: for a link that the caller asks for, or asks to end.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifiedCode<'a> {
    pub pxr_id: &'a str,
    pub user_id: &'a str,
    pub actor: CodeVersion,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<CodeVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<CodeVersion>,
}

/// A client of the root's identity verification.
#[derive(Clone, Debug)]
pub struct IdentityVerificateClient {
    ground: Neighbourhood,
    via: Via,
}

impl IdentityVerificateClient {
    #[must_use]
    pub fn new(ground: impl Into<Neighbourhood>) -> Self {
        Self { ground: ground.into(), via: Via::EndUser }
    }

    /// From a block that is not the root: through its own proxy, for the service with this path, e.g. `/book-operate`.
    #[must_use]
    pub fn on_behalf_of(self, service: &'static str) -> Self {
        Self { via: Via::Service(service), ..self }
    }

    /// Gives the resident of a code that is not verified yet his user id at the caller's actor.
    pub async fn set_user(
        &self,
        session: &Session,
        identify_code: &str,
        user_id: &str,
    ) -> Result<(), CallFailure> {
        let body = json!({"identifyCode": identify_code, "userId": user_id});
        let request = Outgoing::post("/identity-verificate/user/settings").session(session).json(&body);
        CallFailure::accepted(SERVICE, &self.send(request).await?)
    }

    /// The caller's actor confirms that it knows who the resident of a code is.
    pub async fn confirm(&self, session: &Session, identify_code: &str) -> Result<(), CallFailure> {
        let path = format!("/identity-verificate/verify/others/{}", encoded(identify_code));
        let request = Outgoing::put(path).session(session).json(&json!({"status": 1}));
        CallFailure::accepted(SERVICE, &self.send(request).await?)
    }

    /// A code that counts as verified at once.
    pub async fn verified_code(
        &self,
        session: &Session,
        order: &VerifiedCode<'_>,
    ) -> Result<String, CallFailure> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Issued {
            identify_code: String,
        }
        let request = Outgoing::post("/identity-verificate/code/verified").session(session).json(order);
        CallFailure::read::<Issued>(SERVICE, &self.send(request).await?).map(|issued| issued.identify_code)
    }

    /// Whom a code stands for. A 400 says why it stands for nobody.
    pub async fn collate(&self, session: &Session, identify_code: &str) -> Result<Collated, CallFailure> {
        let request = Outgoing::post("/identity-verificate/collate")
            .session(session)
            .json(&json!({"identifyCode": identify_code}));
        CallFailure::read(SERVICE, &self.send(request).await?)
    }

    async fn send(&self, request: Outgoing) -> Result<Answer, Unreachable> {
        proxy::to_root(&self.ground, self.via, ServiceName::IdentityVerificate, request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_may_come_as_texts() {
        let answer = json!({"pxrId": "p", "userId": null, "actor": {"_value": "7", "_ver": "1"},
                            "app": {"_value": "8", "_ver": "2"}});
        let collated: Collated = serde_json::from_value(answer).unwrap();
        assert_eq!(collated.actor, CodeVersion::new(7, 1));
        assert_eq!((collated.region, collated.app), (None, Some(CodeVersion::new(8, 2))));
    }
}
