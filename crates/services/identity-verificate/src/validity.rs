//! For what a code is good, now and for whom (spec: identity-verificate 2.1, 4.3 to 4.10).
//!
//! Each check hands the code on, so that a handler reads them in its spec's order.

use chrono::NaiveDateTime;
use vocabulary::{Code, CodeVersion};

use crate::{
    refusal::Refusal,
    store::{identify_verify, identify_verify_url},
};

/// Not verified yet; a failed verification is 2.
pub(crate) const UNVERIFIED: i16 = 0;
pub(crate) const VERIFIED: i16 = 1;

impl identify_verify::Model {
    /// It must be for a region or an application.
    pub(crate) fn with_partner(self) -> Result<Self, Refusal> {
        let named = self.region_catalog_code.is_some() || self.application_catalog_code.is_some();
        self.if_(named, Refusal::NoPartner)
    }

    pub(crate) fn alive(self, now: NaiveDateTime) -> Result<Self, Refusal> {
        let alive = is_alive(self.expiration_at, now);
        self.if_(alive, Refusal::Expired)
    }

    pub(crate) fn unverified(self) -> Result<Self, Refusal> {
        let unverified = self.is_verified != VERIFIED;
        self.if_(unverified, Refusal::Verified)
    }

    pub(crate) fn verified(self) -> Result<Self, Refusal> {
        let verified = self.is_verified == VERIFIED;
        self.if_(verified, Refusal::NotVerified)
    }

    /// The organisation that uses it must be the one it was made for.
    pub(crate) fn of_actor(self, actor: Option<CodeVersion>) -> Result<Self, Refusal> {
        let same = actor.is_some_and(|actor| actor.value == Code(self.actor_catalog_code));
        self.if_(same, Refusal::OtherActor)
    }

    /// The resident who uses it must be the one it stands for.
    pub(crate) fn of_person(self, pxr_id: Option<&str>) -> Result<Self, Refusal> {
        let same = pxr_id == Some(self.pxr_id.as_str());
        self.if_(same, Refusal::OtherPerson)
    }

    pub(crate) fn with_user_id(self) -> Result<Self, Refusal> {
        let known = self.user_id().is_some();
        self.if_(known, Refusal::NoUserId)
    }

    fn if_(self, holds: bool, refusal: Refusal) -> Result<Self, Refusal> {
        if holds { Ok(self) } else { Err(refusal) }
    }
}

impl identify_verify_url::Model {
    pub(crate) fn alive(self, now: NaiveDateTime) -> Result<Self, Refusal> {
        if is_alive(self.expiration_at, now) { Ok(self) } else { Err(Refusal::PathExpired) }
    }

    /// An application must not say who the resident is to another one.
    pub(crate) fn for_code(self, code: &identify_verify::Model) -> Result<Self, Refusal> {
        let apps = self.application_catalog_code.zip(code.application_catalog_code);
        let fits = self.actor_catalog_code == code.actor_catalog_code
            && apps.is_none_or(|(own, wanted)| own == wanted);
        if fits { Ok(self) } else { Err(Refusal::OtherPath) }
    }
}

/// A code works up to and including its last instant.
fn is_alive(expiration_at: Option<NaiveDateTime>, now: NaiveDateTime) -> bool {
    expiration_at.is_some_and(|end| now <= end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: &str = "2026-01-09T00:00:00.000";

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn code() -> identify_verify::Model {
        identify_verify::Model {
            id: 1,
            code: "c".to_owned(),
            actor_catalog_code: 5,
            actor_catalog_version: 1,
            region_catalog_code: None,
            region_catalog_version: None,
            application_catalog_code: Some(8),
            application_catalog_version: Some(2),
            workflow_catalog_code: None,
            workflow_catalog_version: None,
            pxr_id: "p".to_owned(),
            user_id: None,
            is_verified: UNVERIFIED,
            expiration_at: Some(at(DAY)),
            is_disabled: false,
            created_by: String::new(),
            created_at: at(DAY),
            updated_by: String::new(),
            updated_at: at(DAY),
        }
    }

    fn url(actor: i64, application: Option<i64>) -> identify_verify_url::Model {
        identify_verify_url::Model {
            id: 1,
            code: "u".to_owned(),
            kind: 0,
            user_id: "user".to_owned(),
            actor_catalog_code: actor,
            actor_catalog_version: 1,
            region_catalog_code: None,
            region_catalog_version: None,
            application_catalog_code: application,
            application_catalog_version: application.map(|_| 1),
            workflow_catalog_code: None,
            workflow_catalog_version: None,
            expiration_at: Some(at(DAY)),
            is_disabled: false,
            created_by: String::new(),
            created_at: at(DAY),
            updated_by: String::new(),
            updated_at: at(DAY),
        }
    }

    #[test]
    fn a_code_works_until_it_expires() {
        assert!(code().alive(at(DAY)).is_ok());
        assert_eq!(code().alive(at("2026-01-09T00:00:00.001")), Err(Refusal::Expired));
        let endless = identify_verify::Model { expiration_at: None, ..code() };
        assert_eq!(endless.alive(at(DAY)), Err(Refusal::Expired));
        assert_eq!(url(5, None).alive(at("2026-01-10T00:00:00")), Err(Refusal::PathExpired));
    }

    #[test]
    fn a_failed_verification_is_neither_done_nor_closed() {
        for (state, unverified, verified) in [(0, true, false), (1, false, true), (2, true, false)] {
            let code = || identify_verify::Model { is_verified: state, ..code() };
            assert_eq!((code().unverified().is_ok(), code().verified().is_ok()), (unverified, verified));
        }
    }

    #[test]
    fn a_code_is_for_one_actor_and_one_person() {
        assert!(code().of_actor(Some(CodeVersion::new(5, 7))).is_ok());
        assert_eq!(code().of_actor(Some(CodeVersion::new(6, 1))), Err(Refusal::OtherActor));
        assert_eq!(code().of_actor(None), Err(Refusal::OtherActor));
        assert!(code().of_person(Some("p")).is_ok());
        assert_eq!(code().of_person(Some("q")), Err(Refusal::OtherPerson));
        assert_eq!(code().of_person(None), Err(Refusal::OtherPerson));
    }

    #[test]
    fn an_empty_user_id_is_none() {
        let with = |user_id: &str| identify_verify::Model { user_id: Some(user_id.to_owned()), ..code() };
        assert_eq!(code().with_user_id(), Err(Refusal::NoUserId));
        assert_eq!(with("").with_user_id(), Err(Refusal::NoUserId));
        assert!(with("u").with_user_id().is_ok());
    }

    #[test]
    fn a_code_for_nobody_in_particular_links_nothing() {
        let nobody = identify_verify::Model { application_catalog_code: None, ..code() };
        assert_eq!(nobody.with_partner(), Err(Refusal::NoPartner));
        assert!(code().with_partner().is_ok());
    }

    #[test]
    fn a_url_counts_for_its_own_application_only() {
        for (actor, application, fits) in
            [(5, Some(8), true), (5, None, true), (5, Some(9), false), (6, Some(8), false)]
        {
            assert_eq!(url(actor, application).for_code(&code()).is_ok(), fits, "{actor} {application:?}");
        }
    }
}
