//! Stopping a book, and letting it go on (spec: book-manage 4.1.6, 4.1.7).

use axum::{Json, extract::State};
use http::StatusCode;
use platform::{ApiError, Author, Call, Member, update_rows};
use serde::Serialize;
use vocabulary::{RightsArea, Session};

use crate::{
    Books,
    api::identification::PxrId,
    neighbours::of_operator,
    refusal::Refusal,
    store::{self, my_condition_book},
};

#[derive(Debug, Serialize)]
pub(super) struct Changed {
    status: &'static str,
}

/// Stops a book: its resident cannot log in. **Members of the root who may change members.**
pub(super) async fn stop(
    State(service): State<Books>,
    call: Call<Member, PxrId>,
) -> Result<Json<Changed>, ApiError> {
    set(&service, &call.who.0, &call.input.0, true).await
}

/// Lets a stopped book go on. **Members of the root who may change members.**
pub(super) async fn enable(
    State(service): State<Books>,
    call: Call<Member, PxrId>,
) -> Result<Json<Changed>, ApiError> {
    set(&service, &call.who.0, &call.input.0, false).await
}

/// First the login, then the book's own flag: an attempt that was interrupted can be made again, and of two at once
/// exactly one changes the flag.
async fn set(
    service: &Books,
    session: &Session,
    pxr_id: &str,
    stopped: bool,
) -> Result<Json<Changed>, ApiError> {
    service.of_root(session)?;
    if !session.may(RightsArea::Member, "update") {
        return Err(Refusal::NotPermitted.into());
    }
    let book = store::book(service.ground.store.read(), pxr_id).await?.ok_or(Refusal::NoBook)?;
    if book.force_deletion_flag == stopped {
        return Err(Refusal::SameState.into());
    }
    let operator =
        service.operators.resident(session, pxr_id).await.map_err(|failure| match failure.status() {
            Some(StatusCode::NO_CONTENT | StatusCode::NOT_FOUND) => Refusal::NoSuchUser.into(),
            _ => of_operator(failure),
        })?;
    if let Err(failure) = service.operators.prohibit_login(session, operator.operator_id, stopped).await {
        tracing::warn!(%failure, "a login cannot be changed");
        return Err(Refusal::LoginUnchanged.into());
    }
    let author = Author::new(&service.ground, session);
    let changed = update_rows!(
        service.ground.store.read(), author, my_condition_book, { ForceDeletionFlag: stopped },
        my_condition_book::Column::Id.eq(book.id), my_condition_book::Column::IsDisabled.eq(false),
        my_condition_book::Column::ForceDeletionFlag.eq(!stopped),
    )?;
    if changed == 0 {
        return Err(Refusal::SameState.into());
    }
    tracing::info!(target: "audit", what = "book stopped", by = author.login_id, of = pxr_id, stopped);
    Ok(Json(Changed { status: "success" }))
}
