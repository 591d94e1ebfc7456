//! Terms of use: of the platform and of regions (spec: catalog-update 4.7).

mod change;
mod drafts;
mod publish;
mod record;
mod terms;

pub(super) use change::{change_for_platform, change_for_region};
pub(super) use drafts::{of_platform, of_region};
pub(super) use publish::{publish_for_platform, publish_for_region};

use contract::CallFailure;
use platform::ApiError;
use sea_orm::{
    ColumnTrait,
    sea_query::{Query, SelectStatement},
};
use serde_json::Value;
use vocabulary::{CodeVersion, Session};

use crate::{
    CatalogUpdate,
    items::{actor_of, block_of},
    refusal::Refusal,
    store::terms_of_use_draft,
};

/// Whose terms they are, as `terms_of_use_draft.kind` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Platform = 1,
    Region = 2,
}

impl Whose {
    /// Drafts and new terms of regions are written by actors that have regions; what is changed stands in the place of
    /// such an actor anyway.
    async fn check_author(
        self,
        service: &CatalogUpdate,
        session: &Session,
        actor: CodeVersion,
    ) -> Result<(), Refusal> {
        match self {
            Self::Platform => Ok(()),
            Self::Region => service.check_region_root(session, actor.value).await,
        }
    }

    /// The actor that writes them: the root, or any for terms of its own regions.
    fn author(self, service: &CatalogUpdate, session: &Session) -> Result<CodeVersion, ApiError> {
        let actor = actor_of(session)?;
        let at_root = block_of(service, session).value == service.ground.block.code.value;
        if self == Self::Platform && !at_root {
            return Err(Refusal::WrongActor.into());
        }
        Ok(actor)
    }

    /// The rows that are drafts.
    fn drafts(self) -> SelectStatement {
        let mut drafts = Query::select();
        drafts
            .column(terms_of_use_draft::Column::TermsId)
            .from(terms_of_use_draft::Entity)
            .and_where(terms_of_use_draft::Column::Kind.eq(self as i16));
        drafts
    }

    /// Where they stand in the catalog.
    fn ns(self, ext_name: &str, actor: CodeVersion) -> String {
        match self {
            Self::Platform => format!("catalog/ext/{ext_name}/terms-of-use/platform"),
            Self::Region => format!("catalog/ext/{ext_name}/terms-of-use/region/actor_{}", actor.value),
        }
    }

    /// The global setting that says how long residents have at least to consent again.
    const fn minimum_period(self) -> &'static str {
        match self {
            Self::Platform => "min_period_for_platform-tou_re-consent",
            Self::Region => "min_period_for_region-tou_re-consent",
        }
    }
}

async fn apply(
    service: &CatalogUpdate,
    session: &Session,
    actor: CodeVersion,
    set: &Value,
) -> Result<Value, CallFailure> {
    let registered = service.catalog.register_update_set(session, set).await?;
    let id = registered["id"].as_i64().unwrap_or_default();
    service.catalog.request_update_set(session, id, actor.value).await
}
