//! Whom to collect data from, and which (spec: book-manage 4.9.3).

use axum::{Json, extract::State};
use chrono::NaiveDateTime;
use platform::{
    ApiError, Call, Fields, Incoming, Input, Member,
    fields::{boolean, number},
};
use serde::Serialize;
use vocabulary::CodeVersion;

use super::code;
use crate::{
    Books,
    api::paging::Page,
    store::{
        mcd_output_code_data_type,
        outputs::{self, ConditionsSought, Source},
    },
};

#[derive(Debug)]
pub(super) struct Search(ConditionsSought, Page);

impl Input for Search {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let sought = ConditionsSought {
            id: fields.optional("id", number),
            output: fields.optional("mcdOutputCodeId", number),
            approved: fields.optional("approved", number),
            service_released: fields.optional("isServiceCanceled", boolean).unwrap_or(false),
        };
        let sought = fields.build(|| Some(sought))?;
        Ok(Self(sought, Page::read(incoming)?))
    }
}

/// An output with those of its conditions that are on the page.
#[derive(Debug, Serialize)]
pub(super) struct Output {
    code: Option<String>,
    #[serde(rename = "type")]
    kind: i64,
    condition: Vec<Condition>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Condition {
    id: i64,
    actor: CodeVersion,
    returnable: i16,
    deletable: i16,
    data_type: Option<DataTypes>,
    request: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<Period>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<CodeVersion>,
}

#[derive(Debug, Serialize)]
struct Period {
    start: Option<String>,
    end: Option<String>,
}

/// The kinds of data and the single data that are meant.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct DataTypes {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    document: Vec<CodeVersion>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    document_entity: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    event: Vec<EventKind>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    event_entity: Vec<EventEntity>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    thing: Vec<CodeVersion>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    thing_entity: Vec<String>,
}

#[derive(Debug, Serialize)]
struct EventKind {
    #[serde(rename = "_code")]
    code: CodeVersion,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    thing: Vec<CodeVersion>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EventEntity {
    id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    thing_entity: Vec<String>,
}

impl DataTypes {
    fn add(&mut self, row: &mcd_output_code_data_type::Model) {
        let document = code(row.document_catalog_code, row.document_catalog_version);
        let event = code(row.event_catalog_code, row.event_catalog_version);
        let thing = code(row.thing_catalog_code, row.thing_catalog_version);
        self.document.extend(document);
        self.document_entity.extend(row.document_id.clone());
        match event {
            Some(event) => {
                let at = self.event.iter().position(|known| known.code == event).unwrap_or_else(|| {
                    self.event.push(EventKind { code: event, thing: Vec::new() });
                    self.event.len() - 1
                });
                self.event[at].thing.extend(thing);
            }
            None => self.thing.extend(thing),
        }
        match &row.event_id {
            Some(event) => {
                let at = self.event_entity.iter().position(|known| known.id == *event).unwrap_or_else(|| {
                    self.event_entity.push(EventEntity { id: event.clone(), thing_entity: Vec::new() });
                    self.event_entity.len() - 1
                });
                self.event_entity[at].thing_entity.extend(row.thing_id.clone());
            }
            None => self.thing_entity.extend(row.thing_id.clone()),
        }
    }
}

/// Lists conditions, by output. **Members.**
pub(super) async fn list(
    State(service): State<Books>,
    call: Call<Member, Search>,
) -> Result<Json<Vec<Output>>, ApiError> {
    let Search(sought, Page { offset, limit, .. }) = call.input;
    let connection = service.ground.store.read();
    let sources = outputs::conditions(connection, &sought, offset, limit).await?;
    let rows = outputs::kinds(connection, sources.iter().map(|source| source.id)).await?;
    let mut found: Vec<Output> = Vec::new();
    for source in sources {
        let its = rows.iter().filter(|row| row.mcd_output_code_actor_id == source.id);
        let mut data_type: Option<DataTypes> = None;
        its.for_each(|row| data_type.get_or_insert_default().add(row));
        let (code, kind) = (source.code.clone(), source.output_type);
        let condition = condition(&service, source, data_type);
        match found.last_mut().filter(|output| output.code == code) {
            Some(output) => output.condition.push(condition),
            None => found.push(Output { code, kind, condition: vec![condition] }),
        }
    }
    Ok(Json(found))
}

fn condition(service: &Books, source: Source, data_type: Option<DataTypes>) -> Condition {
    let text = |column: NaiveDateTime| {
        let at = service.ground.store.instant(column).utc();
        at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    };
    let (start, end) = (source.target_term_start.map(text), source.target_term_end.map(text));
    let has_period = start.is_some() || end.is_some();
    Condition {
        id: source.id,
        actor: CodeVersion::new(source.actor_catalog_code, source.actor_catalog_version),
        returnable: source.return_data_spec,
        deletable: source.delete_data_spec,
        data_type,
        request: source.ind_request,
        period: has_period.then_some(Period { start, end }),
        app: code(source.app_catalog_code, source.app_catalog_version),
    }
}
