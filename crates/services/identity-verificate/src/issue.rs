//! Making a code: what the book must hear, the row, and who is told (spec: identity-verificate 4.1, 4.2).

use chrono::TimeDelta;
use contract::{
    linking::{LinkRequest, Partner},
    notification::{Category, Destination, From, NewNotice},
};
use platform::{ApiError, Author, new_row};
use sea_orm::{ActiveModelTrait, EntityTrait};
use serde::Serialize;
use serde_json::json;
use vocabulary::{Code, CodeVersion, Session, random};

use crate::{
    Verifications,
    cooperation::Standing,
    refusal::Refusal,
    store::identify_verify,
    validity::{UNVERIFIED, VERIFIED},
};

/// A code about to be made.
#[derive(Debug)]
pub(crate) struct NewCode<'a> {
    pub(crate) partner: Partner,
    pub(crate) pxr_id: &'a str,
    pub(crate) user_id: Option<String>,
    pub(crate) verified: bool,
}

/// A code as its maker sees it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Issued {
    identify_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pxr_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    actor: CodeVersion,
    expire_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<CodeVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<CodeVersion>,
}

impl Verifications {
    /// Asks the book for the link, or for its end where it exists, unless that was asked for before.
    pub(crate) async fn ask_book(
        &self,
        session: &Session,
        standing: &Standing,
        request: LinkRequest<'_>,
    ) -> Result<(), Refusal> {
        let asked = match standing {
            Standing { requested: true, .. } => return Ok(()),
            Standing { linked: false, .. } => self.books.request_link(session, request).await,
            Standing { linked: true, .. } => self.books.request_release(session, request).await,
        };
        asked.map_err(Refusal::of_book)
    }

    /// Keeps a new code. That it is new is certain enough: it holds 122 random bits, and the table refuses a second
    /// one.
    pub(crate) async fn keep(
        &self,
        session: &Session,
        new: NewCode<'_>,
    ) -> Result<identify_verify::Model, ApiError> {
        let author = Author::new(&self.ground, session);
        let end = self.ground.clock.now() + TimeDelta::days(self.settings.code_days);
        let (actor, region, app) = (new.partner.actor, new.partner.region, new.partner.app);
        let row = new_row!(
            author,
            identify_verify {
                code: random::identification_code(),
                actor_catalog_code: actor.value.0,
                actor_catalog_version: actor.ver.0,
                region_catalog_code: region.map(|region| region.value.0),
                region_catalog_version: region.map(|region| region.ver.0),
                application_catalog_code: app.map(|app| app.value.0),
                application_catalog_version: app.map(|app| app.ver.0),
                pxr_id: new.pxr_id.to_owned(),
                user_id: new.user_id,
                is_verified: if new.verified { VERIFIED } else { UNVERIFIED },
                expiration_at: Some(self.ground.store.column(end)),
            }
        );
        let row = row.insert(self.ground.store.read()).await?;
        tracing::info!(
            target: "audit",
            what = "issued",
            by = session.login_id,
            about = row.pxr_id,
            actor = row.actor_catalog_code,
            is_verified = row.is_verified,
            "identification code"
        );
        Ok(row)
    }

    /// Takes back a code that nobody got to know.
    pub(crate) async fn forget(&self, code: &identify_verify::Model) -> Result<(), ApiError> {
        identify_verify::Entity::delete_by_id(code.id).exec(self.ground.store.read()).await?;
        Ok(())
    }

    /// Tells the members of a block of a code. The organisation's programs read it from there.
    pub(crate) async fn notify(
        &self,
        session: &Session,
        block: Code,
        code: &identify_verify::Model,
        releases: bool,
        verified: bool,
    ) -> Result<(), Refusal> {
        let (category, title, content) = if releases {
            (181, "連携解除用本人性確認コード発行", "個人から利用者ID連携の連携解除要求がきました")
        } else {
            (145, "連携用本人性確認コード発行", "個人から利用者ID連携の連携要求がきました")
        };
        let notice = NewNotice {
            kind: 0,
            title: title.to_owned(),
            content: content.to_owned(),
            attribute: Some(json!({"identifyCode": code.code, "verifiedFlg": verified})),
            category: Category { code: category, version: Some(1) },
            from: Some(From::default()),
            destination: Destination::members_of(block).spelled_out(),
            approval: None,
        };
        let told = self.notices.tell(session, &notice).await;
        told.map_err(|failure| Refusal::because(&failure, Refusal::Notification))
    }

    /// When a code ends, in the form of the API.
    pub(crate) fn expire_at(&self, code: &identify_verify::Model) -> String {
        let end = code.expiration_at.unwrap_or_default();
        self.ground.zone.text(self.ground.store.instant(end))
    }

    pub(crate) fn issued(&self, code: identify_verify::Model) -> Issued {
        let (expire_at, partner) = (self.expire_at(&code), code.partner());
        Issued {
            identify_code: code.code,
            pxr_id: None,
            user_id: None,
            actor: partner.actor,
            expire_at,
            region: partner.region,
            app: partner.app,
        }
    }
}

impl Issued {
    /// With whom the code stands for.
    pub(crate) fn of(self, pxr_id: String, user_id: String) -> Self {
        Self { pxr_id: Some(pxr_id), user_id: Some(user_id), ..self }
    }
}
