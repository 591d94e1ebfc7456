//! Identification codes: who a resident is to an organisation (spec: identity-verificate 4).

use platform::{Neighbourhood, Outgoing};
use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::{CodeVersion, ServiceName, Session};

use crate::{
    CallFailure,
    catalog::{code, code_or_none},
};

const SERVICE: &str = "identity-verificate";

/// What the service says about a code that is too old. Others compare it: a batch marks the notice of such a code
/// as read, and does not try it again.
pub const EXPIRED: &str = "本人性確認コードの有効期限が切れています";

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

/// A client of the root's identity verification, from within the root.
#[derive(Clone, Debug)]
pub struct IdentityVerificateClient {
    ground: Neighbourhood,
}

impl IdentityVerificateClient {
    #[must_use]
    pub fn new(ground: impl Into<Neighbourhood>) -> Self {
        Self { ground: ground.into() }
    }

    /// Whom a code stands for. A 400 says why it stands for nobody.
    pub async fn collate(&self, session: &Session, identify_code: &str) -> Result<Collated, CallFailure> {
        let request = Outgoing::post("/identity-verificate/collate")
            .session(session)
            .json(&json!({"identifyCode": identify_code}));
        let answer = self.ground.channel.send(ServiceName::IdentityVerificate, request).await?;
        CallFailure::read(SERVICE, &answer)
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
