//! A document: chapters that name events (spec: book-operate 4.7).

use platform::{
    ApiError, Fields,
    fields::{Complaint, array, nested, short_text},
};
use serde_json::{Map, Value};
use vocabulary::Instant;

use super::{Head, Purpose, member::value_of, moment, storable_members};

#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) head: Head,
    pub(crate) created: Instant,
    /// `createdAt` to the letter.
    pub(crate) created_text: String,
    pub(crate) source_id: String,
    pub(crate) chapters: Vec<Chapter>,
    /// The whole item as it came.
    pub(crate) item: Map<String, Value>,
}

/// A chapter names events by their identifiers and by the source ids of its writer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chapter {
    pub(crate) title: String,
    pub(crate) events: Vec<String>,
    pub(crate) source_ids: Vec<String>,
}

impl Document {
    pub(crate) fn read(object: &Map<String, Value>, purpose: Purpose) -> Result<Self, ApiError> {
        let item = Value::Object(object.clone());
        let fields = Fields::of(&item);
        let user = fields.required("userId", value_of(|value| Ok(value.clone())));
        let head = Head::read(&fields, purpose);
        let created = fields.required("createdAt", |member| {
            indexed(member)?;
            value_of(moment)(member)
        });
        let source_id = fields.required("sourceId", super::member::column_text);
        let indexes: &[&str] = match purpose {
            Purpose::Add => &["id", "code"],
            Purpose::Change => &["id", "code", "userId"],
        };
        for name in indexes {
            let member = fields.raw(name).filter(|member| member.is_object());
            if member.is_some_and(|member| indexed(member).is_err()) {
                fields.refuse(name, "indexは必須です");
            }
        }
        fields.optional("app", |app| {
            ["code", "app"].iter().filter_map(|name| app.get(*name)).try_for_each(indexed)
        });
        let chapters = fields.required("chapter", array(chapter));
        storable_members(&fields, object);
        let created_text = item["createdAt"]["value"].as_str().unwrap_or_default().to_owned();
        fields.build(|| {
            user?;
            let (head, created, source_id, chapters) = (head?, created?, source_id?, chapters?);
            Some(Self { head, created, created_text, source_id, chapters, item: object.clone() })
        })
    }
}

fn indexed(member: &Value) -> Result<(), Complaint> {
    Fields::of(member).raw("index").map(drop).ok_or("indexは必須です".into())
}

fn chapter(value: &Value) -> Result<Chapter, Complaint> {
    nested(value, |fields| {
        let title = fields.required("title", short_text);
        for name in ["event", "sourceId"] {
            if value.get(name).is_some_and(Value::is_null) {
                fields.refuse(name, "配列ではありません");
            }
        }
        let events = fields.optional("event", array(named)).unwrap_or_default();
        let source_ids = fields.optional("sourceId", array(named)).unwrap_or_default();
        fields.inside(|| {
            let present = |names: Vec<Option<String>>| names.into_iter().flatten().collect();
            Some(Chapter { title: title?, events: present(events), source_ids: present(source_ids) })
        })
    })
}

/// What the answer of a search says may come back: null stands for an event without source id.
fn named(value: &Value) -> Result<Option<String>, Complaint> {
    if value.is_null() { Ok(None) } else { short_text(value).map(Some) }
}
