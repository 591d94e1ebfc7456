//! What the root knows of a link, for stories that were interrupted: whoever repeats a request learns from it how far the
//! first one came.

use contract::{
    CallFailure,
    book_manage::LinkedUser,
    endings::Past,
    identity_verificate::{Collated, EXPIRED},
    linking::FoundLink,
};
use http::StatusCode;
use platform::ApiError;
use vocabulary::{Code, CodeVersion, Session};

use crate::{BookOperate, neighbours, refusal::Refusal};

/// How far a link is (spec: book-manage 2.3).
const LINKED: i64 = 1;
const RELEASE_REQUESTED: i64 = 2;

/// A user that a verified code stands for, and whether the root still has his link.
#[derive(Debug)]
pub(crate) struct Traced {
    pub(crate) user: LinkedUser,
    status: Option<i64>,
}

impl Traced {
    /// Whether the link is still there, its end asked for. One that nobody asked to end is not to be ended.
    pub(crate) fn is_to_be_released(&self) -> Result<bool, Refusal> {
        match self.status {
            None => Ok(false),
            Some(RELEASE_REQUESTED) => Ok(true),
            Some(_) => Err(Refusal::NotToBeReleased),
        }
    }
}

impl BookOperate {
    /// Whom a code stands for, by what the root knows now.
    pub(crate) async fn traced(&self, session: &Session, code: &str) -> Result<Option<Traced>, CallFailure> {
        let collated = self.identities.collate(session, code).await?;
        let books = self.books.books_of(session, &collated.pxr_id, Past::LeftOut).await?;
        let Some(user_id) = collated.user_id.clone() else { return Ok(None) };
        let mut links = books.into_iter().flat_map(|book| book.cooperation.unwrap_or_default());
        let link = links.find(|link| is_of(link, &collated));
        let (actor, region, app, status) = match link {
            Some(link) => (link.actor, link.region, link.app, Some(link.status.unwrap_or_default())),
            None => (collated.actor, collated.region, collated.app, None),
        };
        Ok(Some(Traced { user: LinkedUser { user_id, actor, region, app, wf: None }, status }))
    }

    /// Links a resident. The root refuses a link that it has made already; then the link itself tells whether it is this
    /// one, made by a request that broke off.
    pub(crate) async fn link(&self, session: &Session, code: &str) -> Result<LinkedUser, ApiError> {
        let refused = match self.books.cooperate(session, code).await {
            Ok(user) => return Ok(user),
            Err(refused) => refused,
        };
        if refused.status() == Some(StatusCode::BAD_REQUEST) && refused.message() != Some(EXPIRED) {
            match self.traced(session, code).await {
                Ok(Some(Traced { user, status: Some(LINKED) })) => return Ok(user),
                Ok(_) => {}
                Err(failure) => tracing::debug!(%failure, "the link of a refused code cannot be looked up"),
            }
        }
        Err(neighbours::standard(refused))
    }
}

/// Whether a link is the one that a code is about.
fn is_of(link: &FoundLink, collated: &Collated) -> bool {
    let code = |code: Option<CodeVersion>| code.map(|code| code.value);
    let of = |actor: CodeVersion, region, app| -> (Code, Option<Code>, Option<Code>) {
        (actor.value, code(region), code(app))
    };
    link.user_id == collated.user_id
        && of(link.actor, link.region, link.app) == of(collated.actor, collated.region, collated.app)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(app: Option<i64>, region: Option<i64>, user_id: &str) -> FoundLink {
        let code = |code: i64| CodeVersion::new(code, 2);
        let (app, region) = (app.map(code), region.map(code));
        FoundLink { actor: code(5), region, app, status: Some(1), user_id: Some(user_id.to_owned()) }
    }

    #[test]
    fn a_code_is_about_one_link_only() {
        let collated = Collated {
            pxr_id: "p".to_owned(),
            user_id: Some("u1".to_owned()),
            actor: CodeVersion::new(5, 1),
            region: None,
            app: Some(CodeVersion::new(8, 1)),
        };
        for (link, expected) in [
            (link(Some(8), None, "u1"), true),
            (link(Some(8), None, "u2"), false),
            (link(Some(9), None, "u1"), false),
            (link(None, Some(8), "u1"), false),
            (FoundLink { actor: CodeVersion::new(6, 1), ..link(Some(8), None, "u1") }, false),
        ] {
            assert_eq!(is_of(&link, &collated), expected, "{link:?}");
        }
    }
}
