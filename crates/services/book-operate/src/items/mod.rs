//! Events, things and documents as clients send them (spec: book-operate 4.5 to 4.7).
//!
//! Members are read by their names; the texts of their `index` are not compared. Whatever is not read here is kept
//! and given back as it came.

mod document;
mod event;
mod member;
mod moment;
mod thing;

use platform::{
    ApiError, Fields, Incoming,
    fields::{Complaint, REQUIRED},
};
use serde_json::{Map, Value};
use vocabulary::CodeVersion;

use crate::refusal::Refusal;

pub(crate) use document::{Chapter, Document};
pub(crate) use event::Event;
pub(crate) use moment::moment;
pub(crate) use thing::{Thing, placeholder};

use member::{code_in, value_of};

/// Whether an item is new, and gets its identifier here, or names the one it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Add,
    Change,
}

/// What events, things and documents have in common.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// The identifier of an item to be changed.
    pub(crate) identifier: Option<String>,
    pub(crate) code: CodeVersion,
    pub(crate) source_id: Option<String>,
    pub(crate) actor: CodeVersion,
    pub(crate) app: CodeVersion,
}

impl Head {
    /// Reads the common members; what is wrong is noted with the fields.
    fn read(fields: &Fields<'_>, purpose: Purpose) -> Option<Self> {
        let identifier = identifier(fields, purpose);
        let code = fields.required("code", code_in);
        let source_id = fields.optional("sourceId", member::column_text);
        let app = fields.required("app", |value| {
            platform::fields::nested(value, |fields| {
                let actor = fields.required("code", code_in);
                let app = fields.required("app", code_in);
                fields.inside(|| Some((actor?, app?)))
            })
        });
        if fields.raw("wf").is_some() {
            fields.refuse("wf", "ワークフローには対応していません");
        }
        let (actor, app) = app?;
        Some(Self { identifier: identifier?, code: code?, source_id, actor, app })
    }
}

/// `id.value`: null for a new item, a text for one that exists.
fn identifier(fields: &Fields<'_>, purpose: Purpose) -> Option<Option<String>> {
    match purpose {
        Purpose::Add => {
            let value = fields.given("id").and_then(|id| Fields::of(id).given("value"));
            let is_null = value.is_some_and(Value::is_null);
            if !is_null {
                fields.refuse("id", "識別子はnullでなければなりません");
            }
            is_null.then_some(None)
        }
        Purpose::Change => fields.required("id", |id| value_of(platform::fields::short_text)(id)).map(Some),
    }
}

/// Notes every member that is not there at all; null counts as there.
fn present(fields: &Fields<'_>, item: &Value, names: &[&str]) {
    for name in names.iter().filter(|name| item.get(**name).is_none()) {
        fields.refuse(name, REQUIRED);
    }
}

/// The body of a request as one item; an empty one is refused as such.
pub(crate) fn object(incoming: &Incoming) -> Result<&Map<String, Value>, ApiError> {
    match incoming.body() {
        Value::Object(object) if !object.is_empty() => Ok(object),
        Value::Array(array) if !array.is_empty() => Err(Refusal::Array.into()),
        Value::Null | Value::Object(_) | Value::Array(_) => Err(Refusal::Empty.into()),
        _ => Err(Refusal::Input("リクエストがオブジェクトではありません").into()),
    }
}

/// The item with its identifier, as it is stored and answered.
pub(crate) fn identified(mut item: Map<String, Value>, identifier: &str) -> Map<String, Value> {
    if let Some(id) = item.get_mut("id").and_then(Value::as_object_mut) {
        id.insert("value".to_owned(), identifier.into());
    }
    item
}

/// A complaint when a value holds a sign that no database column can.
fn storable(value: &Value) -> Result<(), Complaint> {
    let fits = match value {
        Value::String(text) => !text.contains('\0'),
        Value::Array(elements) => return elements.iter().try_for_each(storable),
        Value::Object(members) => {
            members.keys().all(|key| !key.contains('\0')) && members.values().try_for_each(storable).is_ok()
        }
        _ => true,
    };
    if fits { Ok(()) } else { Err("使用できない文字が含まれています".into()) }
}

/// Notes every member with a value that cannot be stored: keys of members become a column, too.
fn storable_members(fields: &Fields<'_>, item: &Map<String, Value>) {
    for (name, member) in item {
        let index = Fields::of(member).raw("index").and_then(Value::as_str).unwrap_or_default();
        if storable(member).is_err() {
            fields.refuse(name, "使用できない文字が含まれています");
        } else if index.chars().count() > 255 {
            fields.refuse(name, "indexは255文字以内で指定してください");
        }
    }
}
