//! By which user id a partner knows the resident of a requested link (spec: book-manage 4.6.4).

use axum::{Json, extract::State};
use platform::{AnyOperator, ApiError, Author, Call, Incoming, Input, fields::short_text, update_rows};

use super::{LINKING, request::refuse_used};
use crate::{
    Books, body,
    link::{LinkRequest, LinkStatus, Linked, Partner, may_act_in, strict_code},
    refusal::Refusal,
    store::{self, user_id_cooperate},
};

#[derive(Debug)]
pub(super) struct NewUser {
    pxr_id: String,
    user_id: String,
    partner: Partner,
}

impl Input for NewUser {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let pxr_id = fields.required("pxrId", short_text);
        let user_id = fields.required("userId", short_text);
        let request = LinkRequest::read(&fields, strict_code);
        let (pxr_id, user_id, request) = fields.build(|| Some((pxr_id?, user_id?, request?)))?;
        Ok(Self { pxr_id, user_id, partner: request.partner()? })
    }
}

/// Sets the user id of a requested link. **The resident; members and applications of the partner, members of the root.**
pub(super) async fn set(
    State(service): State<Books>,
    call: Call<AnyOperator, NewUser>,
) -> Result<Json<Linked>, ApiError> {
    let (session, NewUser { pxr_id, user_id, partner }) = (call.who.0, call.input);
    may_act_in(&session, &pxr_id)?;
    service.may_link_for(&session, partner.actor.value)?;
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    store::one_at_a_time(&tx, LINKING).await?;
    let book = store::locked_book(&tx, &pxr_id).await?.ok_or(Refusal::NoSuchBook)?.id;
    let mut row = store::link(&tx, book, partner).await?.ok_or(Refusal::NoPendingLink)?;
    if row.user_id.as_ref() == Some(&user_id) {
        // Said before: whoever was interrupted says it again.
        return Ok(Json(service.linked(pxr_id, row)));
    }
    if row.status != LinkStatus::Requested.number() {
        return Err(Refusal::AlreadyLinked.into());
    }
    refuse_used(&tx, partner, &user_id, Some(row.id)).await?;
    update_rows!(
        &tx, author, user_id_cooperate, { UserId: user_id.clone() },
        user_id_cooperate::Column::Id.eq(row.id), user_id_cooperate::Column::IsDisabled.eq(false),
    )?;
    tx.commit().await?;
    tracing::info!(target: "audit", what = "user id set", by = author.login_id, book, link = row.id);
    row.user_id = Some(user_id);
    Ok(Json(service.linked(pxr_id, row)))
}
