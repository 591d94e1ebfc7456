//! Links between residents and organisations, as the identity verification reads them in the books and asks for them
//! (spec: book-manage 4.3.3, 4.4.1, 4.6).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::{CodeVersion, Session};

use crate::{
    CallFailure,
    book_manage::BookManageClient,
    tolerant::{code, code_or_none},
};

const SERVICE: &str = "book-manage";

/// With whom a resident links a user id: an actor, for its region or its application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Partner {
    pub actor: CodeVersion,
    pub region: Option<CodeVersion>,
    pub app: Option<CodeVersion>,
    /// Workflows are no longer supported: always null.
    wf: Option<CodeVersion>,
}

impl Partner {
    #[must_use]
    pub const fn new(actor: CodeVersion, region: Option<CodeVersion>, app: Option<CodeVersion>) -> Self {
        Self { actor, region, app, wf: None }
    }
}

/// A request to begin or to end a link, or what is new about one.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkRequest<'a> {
    /// Null where the resident asks: then it is the session's.
    pub pxr_id: Option<&'a str>,
    #[serde(flatten)]
    pub partner: Partner,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<&'a str>,
}

/// A book as the search shows it; only what callers read.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundBook {
    pub cooperation: Option<Vec<FoundLink>>,
    #[serde(default)]
    pub user_information: Value,
}

/// A link between a resident and an organisation.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundLink {
    #[serde(deserialize_with = "code")]
    pub actor: CodeVersion,
    #[serde(default, deserialize_with = "code_or_none")]
    pub region: Option<CodeVersion>,
    #[serde(default, deserialize_with = "code_or_none")]
    pub app: Option<CodeVersion>,
    /// 0 requested, 1 linked, 2 release requested, 3 unavailable.
    pub status: Option<i64>,
    pub user_id: Option<String>,
}

impl BookManageClient {
    /// The books of a resident with their links; the service answers 204 when there is none.
    pub async fn search(&self, session: &Session, pxr_id: &str) -> Result<Vec<FoundBook>, CallFailure> {
        let body = json!({"pxrId": [pxr_id], "createdAt": null});
        CallFailure::read(SERVICE, &self.post(session, "/book-manage/search", &body).await?)
    }

    /// The documents that prove who a resident is.
    pub async fn identification(&self, session: &Session, pxr_id: &str) -> Result<Value, CallFailure> {
        #[derive(Deserialize)]
        struct Identity {
            identification: Value,
        }
        let body = json!({"pxrId": pxr_id});
        let answer = self.post(session, "/book-manage/identity", &body).await?;
        CallFailure::read::<Identity>(SERVICE, &answer).map(|identity| identity.identification)
    }

    /// Asks for a link.
    pub async fn request_link(&self, session: &Session, request: LinkRequest<'_>) -> Result<(), CallFailure> {
        let answer = self.post(session, "/book-manage/cooperate/request", &json!(request)).await?;
        CallFailure::accepted(SERVICE, &answer)
    }

    /// Asks for the end of a link.
    pub async fn request_release(
        &self,
        session: &Session,
        request: LinkRequest<'_>,
    ) -> Result<(), CallFailure> {
        let answer = self.post(session, "/book-manage/cooperate/request/release", &json!(request)).await?;
        CallFailure::accepted(SERVICE, &answer)
    }

    /// Says by which user id an organisation knows the resident of a requested link.
    pub async fn set_user_id(
        &self,
        session: &Session,
        pxr_id: &str,
        user_id: &str,
        partner: Partner,
    ) -> Result<(), CallFailure> {
        let request = LinkRequest { pxr_id: Some(pxr_id), partner, user_id: Some(user_id) };
        let answer = self.post(session, "/book-manage/cooperate/user", &json!(request)).await?;
        CallFailure::accepted(SERVICE, &answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_spells_out_what_is_not_meant() {
        let partner = Partner::new(CodeVersion::new(5, 1), None, Some(CodeVersion::new(8, 2)));
        let request = LinkRequest { pxr_id: None, partner, user_id: None };
        let body = json!({"pxrId": null, "actor": {"_value": 5, "_ver": 1}, "region": null,
                          "app": {"_value": 8, "_ver": 2}, "wf": null});
        assert_eq!(json!(request), body);
    }
}
