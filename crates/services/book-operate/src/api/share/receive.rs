//! Asking for what a user agreed to share (spec: book-operate 4.11).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input,
    fields::{any, array, short_text, text},
};
use serde_json::{Map, Value, json};
use vocabulary::random;

use super::{super::input, KINDS, holds_something};
use crate::{BookOperate, image::iso};

/// What is asked for, as the other block reads it.
#[derive(Debug)]
pub(in crate::api) struct Wanted(Map<String, Value>);

impl Input for Wanted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = input::object(incoming)?;
        let mut wanted = Map::new();
        let user_id = fields.required("userId", short_text);
        wanted.insert("userId".to_owned(), json!(user_id));
        if let Some(identifiers) = fields.optional("identifier", array(text)) {
            wanted.insert("identifier".to_owned(), json!(identifiers));
        }
        if let Some((start, end)) = fields.optional("updatedAt", input::period) {
            wanted.insert("updatedAt".to_owned(), json!({"start": iso(start), "end": iso(end)}));
        }
        for kind in KINDS {
            let codes = input::codes(&fields, kind);
            if fields.raw(kind).is_some() {
                wanted.insert(kind.to_owned(), json!(codes));
            }
        }
        for name in ["actor", "dest"] {
            if let Some(value) = fields.optional(name, any) {
                wanted.insert(name.to_owned(), value);
            }
        }
        fields.build(|| user_id.map(|_| Self(wanted)))
    }
}

/// Data of a user that the caller may receive, an element for each block that holds some. **Any operator**; the root
/// decides by the user's consent.
pub(in crate::api) async fn receive(
    State(service): State<BookOperate>,
    call: Call<AnyOperator, Wanted>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let access_token = call.access_token().map(str::to_owned);
    let (AnyOperator(session), Wanted(mut wanted)) = (call.who, call.input);
    wanted.insert("logIdentifier".to_owned(), json!(random::uuid()));
    let mut elements = service.gather(&session, access_token.as_deref(), &wanted).await?;
    elements.retain(holds_something);
    Ok(Json(elements))
}
