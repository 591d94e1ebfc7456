//! A verified code that an organisation asks for (spec: identity-verificate 4.2).

use axum::{Json, extract::State};
use contract::linking::{LinkRequest, Partner};
use platform::{ApiError, Call, Incoming, Input, fields::short_text};

use crate::{
    Verifications,
    body::{in_one_message, object},
    cooperation::{Standing, Unavailable},
    issue::{Issued, NewCode},
    partner,
    refusal::Refusal,
    user_id::user_id,
    who::BookCreator,
};

#[derive(Debug)]
pub(super) struct Wanted {
    partner: Partner,
    pxr_id: String,
    user_id: String,
}

impl Input for Wanted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let partner = partner::read(&fields);
        let pxr_id = fields.required("pxrId", short_text);
        let user_id = fields.required("userId", |value| short_text(value).and_then(|_| user_id(value)));
        let wanted = fields
            .build(|| Some(Self { partner: partner()?, pxr_id: pxr_id?, user_id: user_id? }))
            .map_err(in_one_message)?;
        partner::only_one(wanted.partner)?;
        Ok(wanted)
    }
}

/// Issues a code for a resident that counts as verified. **Members who may open books.**
///
/// Ordered like the resident's own: the book first, then the code, then the notice.
pub(super) async fn issue(
    State(service): State<Verifications>,
    call: Call<BookCreator, Wanted>,
) -> Result<Json<Issued>, ApiError> {
    let (BookCreator(session), Wanted { partner, pxr_id, user_id }) = (call.who, call.input);
    if let Some(named) = partner.app.or(partner.region) {
        service.item(&session, named.value).await?;
    }
    let main_block = service.main_block(&session, partner.actor.value).await?;
    let books = service.books.search(&session, &pxr_id).await.map_err(Refusal::of_book)?;
    let standing = Standing::of(&books, partner, Unavailable::Linked);
    let addressee = match partner.region {
        Some(_) if !standing.linked => Some(main_block.ok_or(Refusal::NoMainBlock)?),
        _ => None,
    };
    let request = LinkRequest { pxr_id: Some(&pxr_id), partner, user_id: Some(&user_id) };
    service.ask_book(&session, &standing, request).await?;
    let new = NewCode { partner, pxr_id: &pxr_id, user_id: Some(user_id.clone()), verified: true };
    let code = service.keep(&session, new).await?;
    if let Some(block) = addressee
        && let Err(refusal) = service.notify(&session, block, &code, false, true).await
    {
        service.forget(&code).await?;
        return Err(refusal.into());
    }
    Ok(Json(service.issued(code).of(pxr_id, user_id)))
}
