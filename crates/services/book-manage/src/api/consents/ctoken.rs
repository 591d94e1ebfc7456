//! How much is held about a resident, and by whom (spec: book-manage 4.7).

use axum::{Json, extract::State};
use contract::ctoken_ledger::Period;
use http::StatusCode;
use platform::{
    ApiError, Call, Fields, Incoming, Individual, Input,
    fields::{Complaint, instant, nested},
};
use serde_json::Value;
use vocabulary::{Instant, TimeZone};

use crate::{Books, neighbours::of_ledger, refusal::Refusal};

/// When the data arose.
#[derive(Debug, Default)]
pub(super) struct Between {
    start: Option<Instant>,
    end: Option<Instant>,
}

impl Input for Between {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let body = incoming.body();
        if body.as_array().is_some_and(Vec::is_empty) {
            return Ok(Self::default());
        }
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let fields = Fields::of(body);
        let between = fields.optional("createAt", between);
        fields.build(|| Some(between.unwrap_or_default()))
    }
}

fn between(value: &Value) -> Result<Between, Complaint> {
    nested(value, |fields| {
        let start = fields.optional("start", instant);
        let end = fields.optional("end", instant);
        fields.inside(|| Some(Between { start, end }))
    })
}

/// Counts the data of each application. **Residents, their own.**
pub(super) async fn counts(
    State(service): State<Books>,
    call: Call<Individual, Between>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let text = |instant: Option<Instant>| instant.map(|instant| TimeZone::TOKYO.text(instant));
    let create_at = Period { start: text(call.input.start), end: text(call.input.end) };
    match service.ledger.count_as_written(&call.who.0, &create_at).await {
        Ok(counts) => Ok(Json(counts)),
        Err(failure) if failure.status() == Some(StatusCode::NOT_FOUND) => Ok(Json(Vec::new())),
        Err(failure) => Err(of_ledger(failure)),
    }
}
