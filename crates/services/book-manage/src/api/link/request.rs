//! Asking for a link, and for its end (spec: book-manage 4.6.3, 4.6.5).

use axum::{Json, extract::State};
use platform::{
    ApiError, Author, Call, Incoming, Input, Transaction, fields::code_version, new_row, update_rows,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use vocabulary::{OperatorType, Session};

use super::LINKING;
use crate::{
    Books, body,
    link::{LinkRequest, LinkStatus, Linked, Partner},
    refusal::Refusal,
    store::{self, user_id_cooperate},
    who::{IndividualOrMember, pxr_id},
};

#[derive(Debug)]
pub(super) struct Asked(LinkRequest);

impl Input for Asked {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let request = LinkRequest::read(&fields, code_version);
        let request = fields.build(|| request)?;
        request.partner()?;
        Ok(Self(request))
    }
}

/// Asks for a link. **Residents for themselves; members for their own actor, those of the root for any.**
pub(super) async fn request(
    State(service): State<Books>,
    call: Call<IndividualOrMember, Asked>,
) -> Result<Json<Linked>, ApiError> {
    let (session, Asked(request)) = (call.who.0, call.input);
    let (pxr_id, partner) = whose(&service, &session, &request)?;
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    store::one_at_a_time(&tx, LINKING).await?;
    let book = store::book(&tx, &pxr_id).await?.ok_or(Refusal::NoSuchBook)?.id;
    if store::link(&tx, book, partner).await?.is_some() {
        return Err(Refusal::LinkExists.into());
    }
    if let Some(user_id) = &request.user_id {
        refuse_used(&tx, partner, user_id, None).await?;
    }
    let row = new_row!(
        author,
        user_id_cooperate {
            book_id: book,
            actor_catalog_code: partner.actor.value.0,
            actor_catalog_version: partner.actor.ver.0,
            region_catalog_code: partner.region().map(|region| region.value.0),
            region_catalog_version: partner.region().map(|region| region.ver.0),
            app_catalog_code: partner.app().map(|app| app.value.0),
            app_catalog_version: partner.app().map(|app| app.ver.0),
            user_id: request.user_id,
            status: LinkStatus::Requested.number(),
        }
    );
    let row = row.insert(&tx).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", what = "link requested", by = author.login_id, book, link = row.id);
    Ok(Json(service.linked(pxr_id, row)))
}

/// Asks for the end of a link. **Residents for themselves; members for their own actor, those of the root for any.**
pub(super) async fn request_release(
    State(service): State<Books>,
    call: Call<IndividualOrMember, Asked>,
) -> Result<Json<Linked>, ApiError> {
    let (session, Asked(request)) = (call.who.0, call.input);
    let (pxr_id, partner) = whose(&service, &session, &request)?;
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let book = store::locked_book(&tx, &pxr_id).await?.ok_or(Refusal::NoSuchBook)?.id;
    let mut row = store::link(&tx, book, partner).await?.ok_or(Refusal::NoLink)?;
    if !LinkStatus::may_be_released(row.status) {
        return Err(Refusal::NotLinked.into());
    }
    row.status = LinkStatus::ReleaseRequested.number();
    update_rows!(
        &tx, author, user_id_cooperate, { Status: row.status },
        user_id_cooperate::Column::Id.eq(row.id), user_id_cooperate::Column::IsDisabled.eq(false),
    )?;
    tx.commit().await?;
    tracing::info!(target: "audit", what = "release requested", by = author.login_id, book, link = row.id);
    Ok(Json(service.linked(pxr_id, row)))
}

/// Whose link: a resident's own, or that of whoever a member names.
fn whose(service: &Books, session: &Session, request: &LinkRequest) -> Result<(String, Partner), Refusal> {
    let partner = request.partner()?;
    let pxr_id = match (session.operator_type, &request.pxr_id) {
        (OperatorType::Individual, None) => pxr_id(session).ok_or(Refusal::NoPxrId)?.to_owned(),
        (OperatorType::Individual, Some(_)) => {
            return Err(Refusal::Input("個人の場合、PXR-IDは指定できません"));
        }
        (_, pxr_id) => pxr_id.clone().ok_or(Refusal::PxrIdNeeded)?,
    };
    service.may_link_for(session, partner.actor.value)?;
    Ok((pxr_id, partner))
}

/// A user id stands for one person for ever: stored data refer to it (spec: book-manage 6.3 rule 30).
/// `own`: the link that may have it.
pub(super) async fn refuse_used(
    tx: &Transaction,
    partner: Partner,
    user_id: &str,
    own: Option<i64>,
) -> Result<(), ApiError> {
    let mut used = user_id_cooperate::Entity::find().filter(partner.user_condition(user_id));
    if let Some(own) = own {
        used = used.filter(user_id_cooperate::Column::Id.ne(own));
    }
    if used.count(tx).await? > 0 { Err(Refusal::UserIdUsed.into()) } else { Ok(()) }
}
