//! Applications to join or leave, in their tables.

use std::collections::HashMap;

use platform::{ApiError, Author, Transaction, new_row, update_rows};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait,
    IntoActiveModel, ModelTrait, QueryFilter, QueryOrder, Select, TryIntoModel,
};
use vocabulary::{CodeVersion, Instant, Session};

use super::{Wish, application::Application};
use crate::{
    CatalogUpdate,
    auth_code::new_code,
    refusal::Refusal,
    store::{Approvals, applying, join_approval_manage, join_manage, join_service_manage, status},
};

/// The only type of service that there is, in `join_service_manage.type`.
pub(super) const APPLICATION: i16 = 2;

/// The draft that this application goes on with; another application in the way is refused. A draft is in the way of its
/// own actor only.
pub(super) async fn existing(
    service: &CatalogUpdate,
    connection: &impl ConnectionTrait,
    wish: Wish,
    applicant: CodeVersion,
    application: &Application,
) -> Result<Option<join_manage::Model>, ApiError> {
    let same = same(service, connection, wish, application).await?;
    let waiting = |row: &&Row| {
        let open = row.1.as_ref().is_some_and(|approval| approval.status == status::APPLYING);
        open && !row.0.is_draft
    };
    let waiting = same.iter().find(waiting).map(|(row, _)| row);
    if let Some(id) = application.draft {
        let draft = draft(service, connection, applicant, id).await?;
        let other = waiting.filter(|row| row.id != id && !application.is_draft);
        other.map_or(Ok(()), |row| check_broken_off(service, row))?;
        // A draft of the other wish stays as it is, beside the new application.
        return Ok((Wish::of(draft.kind) == wish).then_some(draft));
    }
    let own = |row: &&Row| row.0.is_draft && row.0.applicant_actor_code == Some(applicant.value.0);
    match (same.iter().find(own), waiting) {
        (Some((draft, _)), _) => Err(Refusal::DraftExists(draft.id).into()),
        (None, Some(row)) => Ok(check_broken_off(service, row).map(|()| Some(row.clone()))?),
        (None, None) => Ok(None),
    }
}

type Row = (join_manage::Model, Option<join_approval_manage::Model>);

/// Applications that have no end yet, or one to come.
fn live(service: &CatalogUpdate) -> Select<join_manage::Entity> {
    let now = service.ground.store.column(service.ground.clock.now());
    join_manage::Entity::find().filter(join_manage::Column::IsDisabled.eq(false)).filter(
        Condition::any()
            .add(join_manage::Column::ApprovalExpireAt.is_null())
            .add(join_manage::Column::ApprovalExpireAt.gte(now)),
    )
}

/// A draft that the applicant's actor keeps, or an application of its own whose announcement was broken off.
async fn draft(
    service: &CatalogUpdate,
    connection: &impl ConnectionTrait,
    applicant: CodeVersion,
    id: i64,
) -> Result<join_manage::Model, ApiError> {
    let row = live(service)
        .filter(join_manage::Column::Id.eq(id))
        .filter(join_manage::Column::ApplicantActorCode.eq(applicant.value.0))
        .filter(join_manage::Column::ApplicantActorVersion.eq(applicant.ver.0))
        .one(connection)
        .await?;
    let row =
        row.filter(|row| row.is_draft || row.approval_expire_at.is_none()).ok_or(Refusal::NoSuchDraft)?;
    if !row.is_draft {
        check_broken_off(service, &row)?;
    }
    Ok(row)
}

/// Applications with the same wish for one of the services, newest first.
async fn same(
    service: &CatalogUpdate,
    connection: &impl ConnectionTrait,
    wish: Wish,
    application: &Application,
) -> Result<Vec<Row>, DbErr> {
    let mut rows = live(service)
        .find_also_related(join_approval_manage::Entity)
        .filter(join_manage::Column::JoinActorCode.eq(application.actor.value.0))
        .filter(join_manage::Column::JoinActorVersion.eq(application.actor.ver.0))
        .filter(join_manage::Column::JoinRegionCode.eq(application.region.value.0))
        .filter(join_manage::Column::JoinRegionVersion.eq(application.region.ver.0))
        .filter(join_manage::Column::Kind.eq(wish as i16))
        .order_by_desc(join_manage::Column::Id)
        .all(connection)
        .await?;
    let ids: Vec<_> = rows.iter().map(|(row, _)| row.id).collect();
    let services = services_of(connection, &ids).await?;
    rows.retain(|(row, _)| {
        let named = services.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        named.iter().any(|service| application.services.contains(&code_of(service)))
    });
    Ok(rows)
}

/// What waits for its decision, or is just being announced, is in the way; the rest of a broken-off announcement is not.
fn check_broken_off(service: &CatalogUpdate, row: &join_manage::Model) -> Result<(), Refusal> {
    match row.approval_expire_at {
        Some(_) => Err(Refusal::Requested),
        None if service.is_broken_off(row.updated_at) => Ok(()),
        None => Err(Refusal::BeingAnnounced),
    }
}

/// The services that applications name.
pub(super) async fn services_of(
    connection: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<HashMap<i64, Vec<join_service_manage::Model>>, DbErr> {
    let rows = join_service_manage::Entity::find()
        .filter(join_service_manage::Column::JoinManageId.is_in(ids.iter().copied()))
        .filter(join_service_manage::Column::IsDisabled.eq(false))
        .order_by_asc(join_service_manage::Column::Id)
        .all(connection)
        .await?;
    let mut services: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        services.entry(row.join_manage_id).or_default().push(row);
    }
    Ok(services)
}

pub(super) const fn code_of(service: &join_service_manage::Model) -> CodeVersion {
    CodeVersion::new(service.service_code, service.service_version)
}

/// An application as it was written.
pub(super) struct Saved {
    pub(super) row: join_manage::Model,
    pub(super) approval: Option<join_approval_manage::Model>,
    was_draft: bool,
}

/// Writes application, approval and services, unless another one came in between; what a draft had is replaced.
pub(super) async fn save(
    service: &CatalogUpdate,
    session: &Session,
    wish: Wish,
    applicant: CodeVersion,
    application: &Application,
) -> Result<Saved, ApiError> {
    let author = Author::new(&service.ground, session);
    let tx = applying(&service.ground.store).await?;
    let draft = existing(service, &tx, wish, applicant, application).await?;
    let was_draft = draft.is_some();
    let mut code = None;
    if let Some(draft) = &draft {
        code = known_code(&tx, draft.id).await?;
        update_rows!(
            &tx, author, join_approval_manage, { IsDisabled: true },
            join_approval_manage::Column::JoinManageId.eq(draft.id),
            join_approval_manage::Column::IsDisabled.eq(false),
        )?;
        update_rows!(
            &tx, author, join_service_manage, { IsDisabled: true },
            join_service_manage::Column::JoinManageId.eq(draft.id),
            join_service_manage::Column::IsDisabled.eq(false),
        )?;
    }
    let mut row = draft.map_or_else(|| new_row!(author, join_manage {}), IntoActiveModel::into_active_model);
    row.join_actor_code = Set(application.actor.value.0);
    row.join_actor_version = Set(application.actor.ver.0);
    row.join_region_code = Set(application.region.value.0);
    row.join_region_version = Set(application.region.ver.0);
    row.applicant_actor_code = Set(Some(applicant.value.0));
    row.applicant_actor_version = Set(Some(applicant.ver.0));
    row.kind = Set(wish as i16);
    row.applicant_date = Set((!application.is_draft).then_some(author.now));
    row.is_draft = Set(application.is_draft);
    row.updated_by = Set(author.login_id.clone());
    row.updated_at = Set(author.now);
    let row = row.save(&tx).await?.try_into_model()?;
    for code in &application.services {
        let service = new_row!(
            author,
            join_service_manage {
                join_manage_id: row.id,
                kind: APPLICATION,
                service_code: code.value.0,
                service_version: code.ver.0,
            }
        );
        service.insert(&tx).await?;
    }
    let approval = if application.is_draft {
        None
    } else {
        // A provider's wish is decided by the region, and the region's by the provider.
        let by_provider = applicant.value == application.actor.value;
        let approver = if by_provider { application.region } else { application.actor };
        let code = match code {
            Some(code) => code,
            None => new_code(&tx, Approvals::Join).await?,
        };
        let approval = new_row!(
            author,
            join_approval_manage {
                join_manage_id: row.id,
                auth_code: Some(code),
                status: status::APPLYING,
                approval_actor_code: Some(approver.value.0),
                approval_actor_version: Some(approver.ver.0),
            }
        );
        Some(approval.insert(&tx).await?)
    };
    tx.commit().await?;
    Ok(Saved { row, approval, was_draft })
}

/// The code of which somebody may have heard by a broken-off announcement; it goes on to hold.
async fn known_code(tx: &Transaction, application: i64) -> Result<Option<String>, DbErr> {
    let approval = join_approval_manage::Entity::find()
        .filter(join_approval_manage::Column::JoinManageId.eq(application))
        .filter(join_approval_manage::Column::IsDisabled.eq(false))
        .one(tx)
        .await?;
    Ok(approval.and_then(|approval| approval.auth_code))
}

pub(super) async fn announced(
    service: &CatalogUpdate,
    row: join_manage::Model,
    until: Instant,
) -> Result<join_manage::Model, ApiError> {
    let mut row = row.into_active_model();
    row.approval_expire_at = Set(Some(service.ground.store.column(until)));
    Ok(row.update(service.ground.store.read()).await?)
}

/// An application that could not be announced was never made; what was a draft is one again.
pub(super) async fn withdraw(service: &CatalogUpdate, saved: Saved) -> Result<(), ApiError> {
    let Saved { row, approval, was_draft } = saved;
    let tx = service.ground.store.write().await?;
    if let Some(approval) = approval {
        approval.delete(&tx).await?;
    }
    if was_draft {
        let mut row = row.into_active_model();
        row.is_draft = Set(true);
        row.applicant_date = Set(None);
        row.update(&tx).await?;
    } else {
        join_service_manage::Entity::delete_many()
            .filter(join_service_manage::Column::JoinManageId.eq(row.id))
            .exec(&tx)
            .await?;
        row.delete(&tx).await?;
    }
    Ok(tx.commit().await?)
}
