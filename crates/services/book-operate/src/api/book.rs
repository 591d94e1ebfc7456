//! Reading what is stored about a user (spec: book-operate 4.8).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input,
    fields::{array, nested, short_text, strict_number, text},
};
use serde_json::Value;
use vocabulary::Instant;

use super::input;
use crate::{BookOperate, store::search::Wanted};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Document,
    Event,
    Thing,
}

#[derive(Debug)]
pub(super) struct Search {
    kind: Option<Kind>,
    wanted: Wanted,
    updated: Option<(Instant, Instant)>,
}

impl Input for Search {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = input::object(incoming)?;
        let user_id = fields.required("userId", short_text);
        let kind = fields.optional("type", |value| match value.as_str() {
            Some("document") => Ok(Kind::Document),
            Some("event") => Ok(Kind::Event),
            Some("thing") => Ok(Kind::Thing),
            _ => Err("指定できない値です".into()),
        });
        let identifiers = fields.optional("identifier", array(text));
        if fields.raw("type").is_none() && identifiers.is_none() && fields.raw("identifier").is_none() {
            fields.refuse("identifier", "typeを指定しない場合は必須項目です");
        }
        let updated = fields.optional("updatedAt", input::period);
        let codes = fields.optional("_code", array(input::exact_code));
        let app = fields.required("app", |value| {
            nested(value, |fields| {
                let app = fields.required("_value", strict_number);
                fields.inside(|| app)
            })
        });
        if fields.raw("wf").is_some() {
            fields.refuse("wf", "ワークフローには対応していません");
        }
        fields.build(|| {
            let codes = codes.unwrap_or_default().into_iter().map(|code| (code.value.0, code.ver.0));
            let wanted = Wanted {
                user_id: user_id?,
                app: app?,
                identifiers: identifiers.unwrap_or_default(),
                codes: codes.collect(),
                updated: None,
            };
            Some(Self { kind, wanted, updated })
        })
    }
}

/// Documents, events and things by kind, code, identifier and time. **Any operator**; who may ask is decided by the
/// proxies.
pub(super) async fn search(
    State(service): State<BookOperate>,
    call: Call<AnyOperator, Search>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let Search { kind, mut wanted, updated } = call.input;
    wanted.updated = updated.map(|period| service.columns(period));
    let connection = service.ground.store.read();
    let asks = |one: Kind| kind.is_none_or(|kind| kind == one);
    let mut found = Vec::new();
    if asks(Kind::Document) {
        found.extend(service.documents(connection, &wanted).await?);
    }
    if asks(Kind::Event) {
        found.extend(service.events(connection, &wanted).await?);
    }
    if asks(Kind::Thing) {
        found.extend(service.things(connection, &wanted).await?);
    }
    if found.is_empty() {
        return Err(ApiError::NoContent);
    }
    Ok(Json(found.into_iter().map(|found| found.item).collect()))
}

impl BookOperate {
    /// A period as columns hold it; both ends in whole seconds.
    pub(super) fn columns(
        &self,
        (start, end): (Instant, Instant),
    ) -> (chrono::NaiveDateTime, chrono::NaiveDateTime) {
        let column = |instant| {
            let column = self.ground.store.column(instant);
            chrono::Timelike::with_nanosecond(&column, 0).unwrap_or(column)
        };
        (column(start), column(end))
    }
}
