//! Asking for what a resident shares by a temporary code (spec: book-operate 4.11).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input,
    fields::{array, text, uuid},
};
use serde_json::{Map, Value, json};
use vocabulary::{CodeVersion, Instant, random};

use super::{super::input, holds_something};
use crate::{BookOperate, neighbours, share::conditions::keep_permitted};

#[derive(Debug)]
pub(in crate::api) struct Wanted {
    code: String,
    identifiers: Vec<String>,
    updated: Option<(Instant, Instant)>,
    documents: Vec<CodeVersion>,
    events: Vec<CodeVersion>,
    things: Vec<CodeVersion>,
}

impl Input for Wanted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = input::object(incoming)?;
        let code = fields.required("tempShareCode", uuid);
        let identifiers = fields.optional("identifier", array(text)).unwrap_or_default();
        let updated = fields.optional("updatedAt", input::period);
        let documents = input::codes(&fields, "document");
        let events = input::codes(&fields, "event");
        let things = input::codes(&fields, "thing");
        fields.build(|| Some(Self { code: code?, identifiers, updated, documents, events, things }))
    }
}

/// Data that a resident shares by a code, an element for each block that holds some. **Any operator** who knows the
/// code.
pub(in crate::api) async fn receive(
    State(service): State<BookOperate>,
    call: Call<AnyOperator, Wanted>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let access_token = call.access_token().map(str::to_owned);
    let (AnyOperator(session), wanted) = (call.who, call.input);
    let permitted = service.books.collate_share_code(&session, &wanted.code).await;
    let permitted = permitted.map_err(neighbours::standard)?;
    let body = service.forwarded(&wanted);
    let mut elements = service.gather(&session, access_token.as_deref(), &body).await?;
    if let Some(conditions) = permitted.identifier.filter(|conditions| !conditions.is_empty()) {
        elements = elements.iter().map(|element| keep_permitted(element, &conditions)).collect();
    }
    elements.retain(holds_something);
    if elements.is_empty() {
        elements.push(json!({"document": [], "event": [], "thing": []}));
    }
    Ok(Json(elements))
}

impl BookOperate {
    /// Empty lists are null.
    fn forwarded(&self, wanted: &Wanted) -> Map<String, Value> {
        fn some<T: serde::Serialize>(items: &[T]) -> Value {
            if items.is_empty() { Value::Null } else { json!(items) }
        }
        let text = |time| self.ground.zone.text(time);
        let updated = wanted.updated.map(|(start, end)| json!({"start": text(start), "end": text(end)}));
        let mut body = Map::new();
        body.insert("tempShareCode".to_owned(), json!(wanted.code));
        body.insert("identifier".to_owned(), some(&wanted.identifiers));
        body.insert("updatedAt".to_owned(), json!(updated));
        body.insert("document".to_owned(), some(&wanted.documents));
        body.insert("event".to_owned(), some(&wanted.events));
        body.insert("thing".to_owned(), some(&wanted.things));
        body.insert("logIdentifier".to_owned(), json!(random::uuid()));
        body
    }
}
