//! Making a requested link (spec: book-manage 4.6.1, 4.6.2).

use axum::{Json, extract::State};
use platform::{AnyOperator, ApiError, Author, Call, Individual, update_rows};
use sea_orm::{ColumnTrait, QueryFilter};
use vocabulary::Session;

use super::IdentifyCode;
use crate::{
    Books,
    link::{LinkStatus, Linked, Partner, may_act_in},
    neighbours::of_verification,
    refusal::Refusal,
    store::{self, user_id_cooperate},
};

/// Makes the link that a verified code stands for. **The resident; members and applications of the partner, members of
/// the root.**
pub(super) async fn accept(
    State(service): State<Books>,
    call: Call<AnyOperator, IdentifyCode>,
) -> Result<Json<Linked>, ApiError> {
    link(&service, &call.who.0, &call.input.0).await.map(Json)
}

/// The same. **Residents.**
pub(super) async fn accept_own(
    State(service): State<Books>,
    call: Call<Individual, IdentifyCode>,
) -> Result<Json<Linked>, ApiError> {
    link(&service, &call.who.0, &call.input.0).await.map(Json)
}

async fn link(service: &Books, session: &Session, identify_code: &str) -> Result<Linked, ApiError> {
    let collated = service.verification.collate(session, identify_code).await.map_err(of_verification)?;
    may_act_in(session, &collated.pxr_id)?;
    service.may_link_for(session, collated.actor.value)?;
    let partner = Partner::new(collated.actor, collated.region, collated.app)?;
    let author = Author::new(&service.ground, session);
    let tx = service.ground.store.write().await?;
    let book = store::locked_book(&tx, &collated.pxr_id).await?.ok_or(Refusal::NoSuchBook)?.id;
    let mut rows = store::links_with(book, partner);
    if let Some(user_id) = &collated.user_id {
        rows = rows.filter(user_id_cooperate::Column::UserId.eq(user_id));
    }
    let mut row = rows.one(&tx).await?.ok_or(Refusal::NoPendingLink)?;
    if row.status != LinkStatus::Requested.number() {
        return Err(Refusal::NotRequested.into());
    }
    row.status = LinkStatus::Linked.number();
    row.start_at = Some(author.now);
    update_rows!(
        &tx, author, user_id_cooperate, { Status: row.status, StartAt: author.now },
        user_id_cooperate::Column::Id.eq(row.id), user_id_cooperate::Column::IsDisabled.eq(false),
    )?;
    tx.commit().await?;
    tracing::info!(target: "audit", what = "linked", by = author.login_id, book, link = row.id);
    Ok(service.linked(collated.pxr_id, row))
}
