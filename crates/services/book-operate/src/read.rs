//! How stored items are given back (spec: book-operate 4.8).

use std::collections::HashMap;

use chrono::NaiveDateTime;
use platform::ApiError;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Map, Value, json};
use vocabulary::CodeVersion;

use crate::{
    BookOperate,
    store::{
        chapter, chapter_event, document, event,
        find::things_of,
        search::{self, Wanted},
        thing,
    },
};

/// An item as it is given, with its code.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) code: CodeVersion,
    pub(crate) item: Value,
}

impl BookOperate {
    /// A column's time in the form of the API.
    pub(crate) fn time(&self, column: Option<NaiveDateTime>) -> Option<String> {
        column.map(|time| self.ground.zone.text(self.ground.store.instant(time)))
    }

    /// The same without milliseconds.
    pub(crate) fn whole_second(&self, column: NaiveDateTime) -> Option<String> {
        let cut = chrono::Timelike::with_nanosecond(&column, 0);
        self.time(cut)
    }

    pub(crate) async fn documents(
        &self,
        connection: &impl ConnectionTrait,
        wanted: &Wanted,
    ) -> Result<Vec<Found>, ApiError> {
        let rows = search::documents(connection, wanted).await?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let mut chapters = chapters_of(connection, &ids).await?;
        let shown = |row: document::Model| Found {
            code: CodeVersion::new(row.doc_catalog_code, row.doc_catalog_version),
            item: self.document(&row, chapters.remove(&row.id).unwrap_or_default()),
        };
        Ok(rows.into_iter().map(shown).collect())
    }

    fn document(&self, row: &document::Model, chapters: Vec<Value>) -> Value {
        let actor = CodeVersion::new(row.doc_actor_code, row.doc_actor_version);
        let app = code(row.app_catalog_code, row.app_catalog_version);
        json!({
            "id": {"index": "2_1_1", "value": row.doc_identifier},
            "code": {"index": "2_1_2", "value": CodeVersion::new(row.doc_catalog_code, row.doc_catalog_version)},
            "createAt": {"index": "2_2_1", "value": self.time(row.doc_create_at)},
            "sourceId": row.source_id,
            "app": app.map(|app| json!({
                "code": {"index": "2_3_1", "value": actor},
                "app": {"index": "2_3_5", "value": app},
            })),
            "wf": null,
            "chapter": some(chapters),
        })
    }

    pub(crate) async fn events(
        &self,
        connection: &impl ConnectionTrait,
        wanted: &Wanted,
    ) -> Result<Vec<Found>, ApiError> {
        let rows = search::events(connection, wanted).await?;
        let mut things: HashMap<i64, Vec<Value>> = HashMap::new();
        for row in things_of(connection, rows.iter().map(|row| row.id)).await? {
            things.entry(row.event_id).or_default().push(thing(&row)?);
        }
        rows.into_iter()
            .map(|row| {
                let things = things.remove(&row.id).unwrap_or_default();
                Ok(Found {
                    code: CodeVersion::new(row.event_catalog_code, row.event_catalog_version),
                    item: self.event(&row, things)?,
                })
            })
            .collect()
    }

    fn event(&self, row: &event::Model, things: Vec<Value>) -> Result<Value, ApiError> {
        let actor = CodeVersion::new(row.event_actor_code, row.event_actor_version);
        let app = code(row.app_catalog_code, row.app_catalog_version);
        let template = template(row.template.as_deref())?.unwrap_or_default();
        Ok(json!({
            "id": {"index": "3_1_1", "value": row.event_identifier},
            "code": {"index": "3_1_2", "value": CodeVersion::new(row.event_catalog_code, row.event_catalog_version)},
            "start": {"index": "3_2_1", "value": self.time(row.event_start_at)},
            "end": {"index": "3_2_2", "value": self.time(row.event_end_at)},
            "location": {"index": "3_3_1", "value": row.event_outbreak_position},
            "sourceId": row.source_id,
            "env": template.get("env"),
            "app": app.map(|app| json!({
                "code": {"index": "3_5_1", "value": actor},
                "app": {"index": "3_5_5", "value": app},
            })),
            "wf": null,
            "thing": some(things),
        }))
    }

    pub(crate) async fn things(
        &self,
        connection: &impl ConnectionTrait,
        wanted: &Wanted,
    ) -> Result<Vec<Found>, ApiError> {
        let rows = search::things(connection, wanted).await?;
        rows.iter()
            .map(|row| {
                let code = CodeVersion::new(row.thing_catalog_code, row.thing_catalog_version);
                Ok(Found { code, item: thing(row)? })
            })
            .collect()
    }
}

/// The item as it was stored, with what its columns say. Where the data lie elsewhere, only the identifier is known
/// here, and the code that consent is given for.
fn thing(row: &thing::Model) -> Result<Value, ApiError> {
    let code = CodeVersion::new(row.thing_catalog_code, row.thing_catalog_version);
    let Some(mut item) = template(row.template.as_deref())? else {
        let code = json!({"index": "4_1_2", "value": code});
        return Ok(json!({"id": {"value": row.thing_identifier}, "code": code}));
    };
    item.insert("id".to_owned(), json!({"index": "4_1_1", "value": row.thing_identifier}));
    item.insert("code".to_owned(), json!({"index": "4_1_2", "value": code}));
    item.insert("sourceId".to_owned(), json!(row.source_id));
    item.shift_remove("_code");
    Ok(Value::Object(item))
}

fn template(text: Option<&str>) -> Result<Option<Map<String, Value>>, ApiError> {
    text.map(serde_json::from_str).transpose().map_err(ApiError::unexpected)
}

fn code(code: Option<i64>, version: Option<i64>) -> Option<CodeVersion> {
    Some(CodeVersion::new(code?, version.unwrap_or_default()))
}

fn some(items: Vec<Value>) -> Option<Vec<Value>> {
    Some(items).filter(|items| !items.is_empty())
}

/// The chapters of documents, each with the live events it names.
async fn chapters_of(
    connection: &impl ConnectionTrait,
    documents: &[i64],
) -> Result<HashMap<i64, Vec<Value>>, ApiError> {
    let chapters = chapter::Entity::find()
        .filter(chapter::Column::DocumentId.is_in(documents.iter().copied()))
        .filter(chapter::Column::IsDisabled.eq(false))
        .order_by_asc(chapter::Column::Id)
        .all(connection)
        .await?;
    let links = chapter_event::Entity::find()
        .filter(chapter_event::Column::EventSetId.is_in(chapters.iter().map(|chapter| chapter.id)))
        .filter(chapter_event::Column::IsDisabled.eq(false))
        .order_by_asc(chapter_event::Column::Id)
        .all(connection)
        .await?;
    let events = event::Entity::find()
        .filter(event::Column::Id.is_in(links.iter().map(|link| link.event_id)))
        .filter(event::Column::IsDisabled.eq(false))
        .all(connection)
        .await?;
    let events: HashMap<i64, event::Model> = events.into_iter().map(|event| (event.id, event)).collect();
    let mut named: HashMap<i64, Vec<&event::Model>> = HashMap::new();
    for link in &links {
        if let Some(event) = events.get(&link.event_id) {
            named.entry(link.event_set_id).or_default().push(event);
        }
    }
    let mut found: HashMap<i64, Vec<Value>> = HashMap::new();
    for chapter in chapters {
        let events = named.remove(&chapter.id);
        let identifiers =
            events.as_ref().map(|all| all.iter().map(|event| &event.event_identifier).collect::<Vec<_>>());
        let sources = events.as_ref().map(|all| all.iter().map(|event| &event.source_id).collect::<Vec<_>>());
        let shown = json!({"title": chapter.title, "event": identifiers, "sourceId": sources});
        found.entry(chapter.document_id).or_default().push(shown);
    }
    Ok(found)
}
