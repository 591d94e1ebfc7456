//! Creations and deletions of regions, in their tables. Their applicant decides about them himself, at once.

use platform::{ApiError, Author, new_row};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait,
    IntoActiveModel, QueryFilter, TryIntoModel,
};
use vocabulary::{CodeVersion, Session};

use crate::{
    CatalogUpdate,
    auth_code::new_code,
    items::block_of,
    refusal::Refusal,
    store::{Approvals, applying, region_approval_manage, region_manage, status},
};

/// What `region_manage.type` says of a creation.
pub(super) const CREATION: i16 = 1;

/// What `region_manage.type` says of a deletion.
pub(super) const DELETION: i16 = 2;

pub(super) type Rows = (region_manage::Model, region_approval_manage::Model);

/// What an actor does with a region of its own.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) kind: i16,
    pub(super) applicant: CodeVersion,
    /// The draft that is gone on with.
    pub(super) draft: Option<i64>,
    /// The region that ends.
    pub(super) region: Option<CodeVersion>,
    /// The request about the region that begins.
    pub(super) template: Option<String>,
    pub(super) comment: Option<String>,
}

impl Change {
    /// Writes a draft.
    pub(super) async fn keep(
        &self,
        service: &CatalogUpdate,
        session: &Session,
    ) -> Result<region_manage::Model, ApiError> {
        let author = Author::new(&service.ground, session);
        // A draft that is being sent just now is none any more.
        let tx = applying(&service.ground.store).await?;
        let row = self.write(service, session, &author, &tx, true).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Writes what is going to be done, unless it is being done or failed half-way before: then gives that, and says
    /// so.
    pub(super) async fn begin(
        &self,
        service: &CatalogUpdate,
        session: &Session,
    ) -> Result<(Rows, bool), ApiError> {
        let author = Author::new(&service.ground, session);
        let tx = applying(&service.ground.store).await?;
        if let Some(rows) = self.unfinished(&tx).await? {
            return Ok((rows, true));
        }
        if let Some(region) = self.region
            && self.in_status(&tx, status::APPROVED).await?.is_some()
        {
            // Another one deleted it meanwhile; no code is given twice.
            return Err(Refusal::NoSuchItem(region.value).into());
        }
        let row = self.write(service, session, &author, &tx, false).await?;
        let approval = new_row!(
            author,
            region_approval_manage {
                region_manage_id: row.id,
                auth_code: Some(new_code(&tx, Approvals::Region).await?),
                status: i64::from(status::APPLYING),
                comment: self.comment.clone(),
                approval_actor_code: Some(self.applicant.value.0),
                approval_actor_version: Some(self.applicant.ver.0),
            }
        );
        let approval = approval.insert(&tx).await?;
        tx.commit().await?;
        Ok(((row, approval), false))
    }

    /// The same, when it did not come to its end.
    pub(super) async fn unfinished(
        &self,
        connection: &impl ConnectionTrait,
    ) -> Result<Option<Rows>, ApiError> {
        self.in_status(connection, status::APPLYING).await
    }

    /// The same change, where it stands so.
    async fn in_status(
        &self,
        connection: &impl ConnectionTrait,
        stands: i16,
    ) -> Result<Option<Rows>, ApiError> {
        let same = match self.region {
            Some(region) => region_manage::Column::RegionCode.eq(region.value.0),
            None => region_manage::Column::Template.eq(self.template.clone()),
        };
        let found = region_manage::Entity::find()
            .find_also_related(region_approval_manage::Entity)
            .filter(region_manage::Column::ApplicantActorCode.eq(self.applicant.value.0))
            .filter(region_manage::Column::Kind.eq(self.kind))
            .filter(region_manage::Column::IsDisabled.eq(false))
            .filter(Condition::all().add(same))
            .filter(region_approval_manage::Column::Status.eq(i64::from(stands)))
            .filter(region_approval_manage::Column::IsDisabled.eq(false))
            .one(connection)
            .await?;
        Ok(found.and_then(|(row, approval)| Some((row, approval?))))
    }

    async fn write(
        &self,
        service: &CatalogUpdate,
        session: &Session,
        author: &Author,
        tx: &impl ConnectionTrait,
        is_draft: bool,
    ) -> Result<region_manage::Model, ApiError> {
        let block = block_of(service, session);
        let mut row = match self.draft {
            Some(id) => self.find_draft(tx, id).await?.into_active_model(),
            None => new_row!(author, region_manage {}),
        };
        row.caller_block_code = Set(block.value.0);
        row.caller_block_version = Set(block.ver.0);
        row.applicant_actor_code = Set(Some(self.applicant.value.0));
        row.applicant_actor_version = Set(Some(self.applicant.ver.0));
        row.region_code = Set(self.region.map(|region| region.value.0));
        row.region_version = Set(self.region.map(|region| region.ver.0));
        row.kind = Set(self.kind);
        row.template = Set(self.template.clone());
        row.is_draft = Set(is_draft);
        row.updated_by = Set(author.login_id.clone());
        row.updated_at = Set(author.now);
        Ok(row.save(tx).await?.try_into_model()?)
    }

    pub(super) async fn find_draft(
        &self,
        connection: &impl ConnectionTrait,
        id: i64,
    ) -> Result<region_manage::Model, ApiError> {
        region_manage::Entity::find_by_id(id)
            .filter(region_manage::Column::ApplicantActorCode.eq(self.applicant.value.0))
            .filter(region_manage::Column::Kind.eq(self.kind))
            .filter(region_manage::Column::IsDraft.eq(true))
            .filter(region_manage::Column::IsDisabled.eq(false))
            .one(connection)
            .await?
            .ok_or_else(|| Refusal::NoSuchDraft.into())
    }

    /// Notes that all of it is done.
    pub(super) async fn finish(
        &self,
        service: &CatalogUpdate,
        author: &Author,
        row: region_manage::Model,
        approval: region_approval_manage::Model,
    ) -> Result<(), ApiError> {
        let tx = service.ground.store.write().await?;
        let mut row = row.into_active_model();
        row.approval_actor_code = Set(Some(self.applicant.value.0));
        row.approval_actor_version = Set(Some(self.applicant.ver.0));
        row.updated_by = Set(author.login_id.clone());
        row.updated_at = Set(author.now);
        row.update(&tx).await?;
        let mut approval = approval.into_active_model();
        approval.status = Set(i64::from(status::APPROVED));
        approval.approver = Set(Some(author.login_id.clone()));
        approval.approval_at = Set(Some(author.now));
        approval.updated_by = Set(author.login_id.clone());
        approval.updated_at = Set(author.now);
        approval.update(&tx).await?;
        Ok(tx.commit().await?)
    }
}
