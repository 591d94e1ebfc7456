//! Closing or deleting somebody's book (spec: book-manage 4.1.5).

use axum::{Json, extract::State};
use contract::CallFailure;
use http::StatusCode;
use platform::{
    ApiError, Author, Call, Fields, Incoming, Input, Member,
    fields::{Complaint, short_text},
};
use serde_json::Value;
use vocabulary::{RightsArea, Session};

use crate::{
    Books,
    api::Done,
    neighbours::of_operator,
    refusal::Refusal,
    store::{self, closing},
};

#[derive(Debug)]
pub(super) struct Deletion {
    pxr_id: String,
    physical: bool,
}

impl Input for Deletion {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let pxr_id = fields.required("pxrId", short_text);
        let physical = fields.optional("physicalDelete", flag).unwrap_or_default();
        fields.build(|| Some(Self { pxr_id: pxr_id?, physical }))
    }
}

/// A flag of the query, as the reference reads it.
fn flag(value: &Value) -> Result<bool, Complaint> {
    match value.as_str() {
        Some("true" | "1" | "") => Ok(true),
        Some("false" | "0") => Ok(false),
        _ => Err("真偽値ではありません".into()),
    }
}

/// Closes or deletes somebody's book and takes the login away. **Members of the root who may delete members.**
///
/// First the login, then the book: an attempt that was interrupted finds no login any more, and goes on.
pub(super) async fn delete(
    State(service): State<Books>,
    call: Call<Member, Deletion>,
) -> Result<Json<Done>, ApiError> {
    let (session, Deletion { pxr_id, physical }) = (call.who.0, call.input);
    service.of_root(&session)?;
    store::book(service.ground.store.read(), &pxr_id).await?.ok_or(Refusal::NoBook)?;
    let operator = dismiss(&service, &session, &pxr_id).await?;
    let author = Author::new(&service.ground, &session);
    let closed = take_away(&service, &author, &pxr_id, physical).await;
    if let (Err(error), Some(operator)) = (&closed, operator) {
        tracing::warn!(%operator, status = %error.status(), "a book stays, and so does its login");
        if let Err(failure) = service.operators.restore(&session, operator).await {
            tracing::error!(%failure, "a book is left that nobody can log in to");
        }
    }
    closed?;
    tracing::info!(target: "audit", what = "book deleted", by = author.login_id, of = pxr_id, physical);
    Ok(Json(Done::SUCCESS))
}

/// Takes the login away; gives whose, unless there was none any more. The operator service asks for the right to do so.
async fn dismiss(service: &Books, session: &Session, pxr_id: &str) -> Result<Option<i64>, ApiError> {
    let id = match service.operators.resident(session, pxr_id).await {
        Ok(operator) => operator.operator_id,
        Err(failure) if is_nobody(&failure) && session.may(RightsArea::Member, "delete") => return Ok(None),
        Err(failure) => return Err(of_operator(failure)),
    };
    service.operators.delete(session, id).await.map_err(of_operator)?;
    Ok(Some(id))
}

fn is_nobody(failure: &CallFailure) -> bool {
    failure.status() == Some(StatusCode::NO_CONTENT)
}

async fn take_away(service: &Books, author: &Author, pxr_id: &str, physical: bool) -> Result<(), ApiError> {
    let tx = service.ground.store.write().await?;
    let book = store::locked_book(&tx, pxr_id).await?.ok_or(Refusal::NoBook)?;
    if physical {
        closing::delete(&tx, pxr_id).await?;
    } else {
        closing::disable(&tx, author, book.id).await?;
    }
    Ok(tx.commit().await?)
}
