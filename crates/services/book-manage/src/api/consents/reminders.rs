//! Reminding residents to agree again when a definition changed (spec: book-manage 4.8).

use axum::{Json, extract::State};
use chrono::TimeDelta;
use platform::{
    ApiError, Author, Call, Incoming, Input, Member,
    fields::{Complaint, array, nested, strict_number, text},
};
use serde::Serialize;
use serde_json::Value;

use super::input::non_empty;
use crate::{
    Books,
    api::{Done, paging::Page},
    body,
    refusal::Refusal,
    store::{self, reminders},
};

/// After how many days a reminder is repeated.
const INTERVAL: i64 = 7;

#[derive(Debug)]
pub(super) struct Changed(Vec<(i64, Option<i64>)>);

impl Input for Changed {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let codes = fields.required("codes", non_empty(array(definition)));
        fields.build(|| codes.map(Self))
    }
}

fn definition(value: &Value) -> Result<(i64, Option<i64>), Complaint> {
    nested(value, |fields| {
        let code = fields.required("_value", strict_number);
        let version = fields.optional("_ver", strict_number);
        fields.inside(|| Some((code?, version)))
    })
}

/// Notes that definitions have new versions that need new consent. **Members**: whoever had them changed.
pub(super) async fn announce(
    State(service): State<Books>,
    call: Call<Member, Changed>,
) -> Result<Json<Done>, ApiError> {
    let author = Author::new(&service.ground, &call.who.0);
    let tx = service.ground.store.write().await?;
    reminders::announce(&tx, &author, call.input.0).await?;
    tx.commit().await?;
    Ok(Json(Done::SUCCESS))
}

/// Finds out who is concerned by what was noted since the last time. **Members of the root.**
pub(super) async fn distribute(
    State(service): State<Books>,
    call: Call<Member>,
) -> Result<Json<Done>, ApiError> {
    service.of_root(&call.who.0)?;
    let author = Author::new(&service.ground, &call.who.0);
    let tx = service.ground.store.write().await?;
    reminders::distribute(&tx, &author).await?;
    tx.commit().await?;
    Ok(Json(Done::SUCCESS))
}

/// A resident who is to be reminded.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Concerned {
    pxr_id: String,
    data_operations: Vec<DefinitionVersion>,
}

#[derive(Debug, Serialize)]
struct DefinitionVersion {
    #[serde(rename = "_value")]
    value: i64,
    #[serde(rename = "_ver")]
    ver: Option<i64>,
}

/// Lists who is to be reminded now. **Members of the root.**
pub(super) async fn due(
    State(service): State<Books>,
    call: Call<Member, Page>,
) -> Result<Json<Vec<Concerned>>, ApiError> {
    service.of_root(&call.who.0)?;
    let ground = &service.ground;
    let sent_before = ground.store.column(ground.clock.now() - TimeDelta::days(INTERVAL));
    let Page { offset, limit, .. } = call.input;
    let mut concerned: Vec<Concerned> = Vec::new();
    for reminder in reminders::due(ground.store.read(), sent_before, offset, limit).await? {
        let definition = DefinitionVersion { value: reminder.value, ver: reminder.ver };
        match concerned.iter_mut().find(|known| known.pxr_id == reminder.pxr_id) {
            Some(known) => known.data_operations.push(definition),
            None => {
                concerned.push(Concerned { pxr_id: reminder.pxr_id, data_operations: vec![definition] });
            }
        }
    }
    Ok(Json(concerned))
}

#[derive(Debug)]
pub(super) struct Reminded(String);

impl Input for Reminded {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let pxr_id = fields.required("pxrId", text);
        fields.build(|| pxr_id.map(Self))
    }
}

/// Notes that a resident was reminded. **Members of the root.**
pub(super) async fn sent(
    State(service): State<Books>,
    call: Call<Member, Reminded>,
) -> Result<Json<Done>, ApiError> {
    service.of_root(&call.who.0)?;
    let author = Author::new(&service.ground, &call.who.0);
    let tx = service.ground.store.write().await?;
    let book = store::book(&tx, &call.input.0).await?.ok_or(Refusal::NoSuchBook)?;
    reminders::sent(&tx, &author, book.id).await?;
    tx.commit().await?;
    Ok(Json(Done::SUCCESS))
}
