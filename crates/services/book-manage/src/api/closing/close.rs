//! Closing one's own book (spec: book-manage 4.1.4).

use axum::{Json, extract::State};
use platform::{ApiError, Author, Call, Individual};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Serialize;
use vocabulary::{Session, random};

use crate::{
    Books,
    neighbours::of_operator,
    refusal::Refusal,
    store::{self, closing, my_condition_book},
    who::pxr_id,
};

/// How long the code of a closing is.
const CODE: usize = 8;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Closed {
    mcd_output_code: String,
}

/// Closes the caller's book and takes the login away. **Residents: their own.**
///
/// First the book, then the login: whoever is interrupted in between can still log in, and asks again.
pub(super) async fn close(
    State(service): State<Books>,
    call: Call<Individual>,
) -> Result<Json<Closed>, ApiError> {
    let session = &call.who.0;
    let pxr_id = pxr_id(session).ok_or(Refusal::NoPxrId)?;
    let used = my_condition_book::Entity::find().filter(my_condition_book::Column::PxrId.eq(pxr_id));
    if used.count(service.ground.store.read()).await? == 0 {
        return Err(Refusal::NoBook.into());
    }
    // Asked before anything is closed: while the operator service is away, nothing is.
    let operator = service.operators.by_login_id(session, &session.login_id).await.map_err(of_operator)?;
    close_book(&service, session, pxr_id).await?;
    service.operators.delete(session, operator.operator_id).await.map_err(of_operator)?;
    Ok(Json(Closed { mcd_output_code: random::letters_and_digits(CODE) }))
}

/// Closes a resident's book, if it is not closed yet.
async fn close_book(service: &Books, session: &Session, pxr_id: &str) -> Result<(), ApiError> {
    let author = Author::new(&service.ground, session);
    let tx = service.ground.store.write().await?;
    if let Some(book) = store::locked_book(&tx, pxr_id).await? {
        closing::disable(&tx, &author, book.id).await?;
        tx.commit().await?;
        tracing::info!(target: "audit", what = "book closed", by = author.login_id, book = book.id);
    }
    Ok(())
}
