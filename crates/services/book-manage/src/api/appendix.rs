//! What a portal keeps with a book for itself (spec: book-manage 4.2.3).

use axum::{Json, extract::State};
use platform::{AnyOperator, ApiError, Author, Call, Incoming, Input, fields::object, update_rows};
use serde_json::{Map, Value};

use crate::{Books, body, refusal::Refusal, store::my_condition_book, who::pxr_id};

use super::Done;

#[derive(Debug)]
pub(super) struct Appendix(Map<String, Value>);

impl Input for Appendix {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let appendix = fields.required("appendix", object);
        fields.build(|| appendix.map(Self))
    }
}

/// Replaces the appendix of the caller's own book. **Anybody with a PXR-ID.**
pub(super) async fn write(
    State(service): State<Books>,
    call: Call<AnyOperator, Appendix>,
) -> Result<Json<Done>, ApiError> {
    let session = &call.who.0;
    let pxr_id = pxr_id(session).ok_or(Refusal::NoPxrId)?;
    let author = Author::new(&service.ground, session);
    let appendix = Value::Object(call.input.0).to_string();
    update_rows!(
        service.ground.store.read(), author, my_condition_book, { Appendix: appendix },
        my_condition_book::Column::PxrId.eq(pxr_id), my_condition_book::Column::IsDisabled.eq(false),
    )?;
    Ok(Json(Done::SUCCESS))
}
