//! Differences of the matrix of stored data: what book-operate tells local-ctoken, local-ctoken tells the root's
//! ledger, and book-manage hears of (spec: local-ctoken 4.1, ctoken-ledger 4.3, book-operate 4.10).
//!
//! On the wire times are texts; a service that received differences holds them as instants.

use platform::{
    ApiError, Fields, Incoming, Input,
    fields::{Complaint, array, instant, nested, number, short_text, uuid},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vocabulary::{Code, Instant};

/// What was added, changed and deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differences<T = String> {
    pub add: Vec<Element<T>>,
    pub update: Vec<Element<T>>,
    pub delete: Vec<DeletedElement>,
}

/// An event of a user with some of its things, and the documents that hold it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element<T = String> {
    #[serde(rename = "1_1")]
    pub user_id: String,
    pub document: Vec<DocumentColumns<T>>,
    pub event: EventColumns<T>,
    pub thing: Vec<ThingColumns<T>>,
}

/// Codes of workflows (`_2_1`, `_2_2`) are obsolete: book-operate sends 0, the ledger gets none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentColumns<T = String> {
    #[serde(rename = "2_n_1_1")]
    pub identifier: String,
    #[serde(rename = "2_n_1_2_1")]
    pub code: i64,
    #[serde(rename = "2_n_1_2_2")]
    pub version: i64,
    #[serde(rename = "2_n_2_1")]
    pub created_at: T,
    #[serde(rename = "2_n_3_1_1")]
    pub actor_code: i64,
    #[serde(rename = "2_n_3_1_2")]
    pub actor_version: i64,
    #[serde(rename = "2_n_3_2_1", default, skip_serializing_if = "Option::is_none")]
    pub workflow_code: Option<i64>,
    #[serde(rename = "2_n_3_2_2", default, skip_serializing_if = "Option::is_none")]
    pub workflow_version: Option<i64>,
    #[serde(rename = "2_n_3_5_1")]
    pub app_code: Option<i64>,
    #[serde(rename = "2_n_3_5_2")]
    pub app_version: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventColumns<T = String> {
    #[serde(rename = "3_1_1")]
    pub identifier: String,
    #[serde(rename = "3_1_2_1")]
    pub code: i64,
    #[serde(rename = "3_1_2_2")]
    pub version: i64,
    #[serde(rename = "3_2_1")]
    pub start_at: Option<T>,
    #[serde(rename = "3_2_2")]
    pub end_at: Option<T>,
    #[serde(rename = "3_5_1_1")]
    pub actor_code: i64,
    #[serde(rename = "3_5_1_2")]
    pub actor_version: i64,
    #[serde(rename = "3_5_2_1", default, skip_serializing_if = "Option::is_none")]
    pub workflow_code: Option<i64>,
    #[serde(rename = "3_5_2_2", default, skip_serializing_if = "Option::is_none")]
    pub workflow_version: Option<i64>,
    #[serde(rename = "3_5_5_1")]
    pub app_code: Option<i64>,
    #[serde(rename = "3_5_5_2")]
    pub app_version: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThingColumns<T = String> {
    #[serde(rename = "4_1_1")]
    pub identifier: String,
    #[serde(rename = "4_1_2_1")]
    pub code: i64,
    #[serde(rename = "4_1_2_2")]
    pub version: i64,
    #[serde(rename = "4_4_1_1")]
    pub actor_code: i64,
    #[serde(rename = "4_4_1_2")]
    pub actor_version: i64,
    #[serde(rename = "4_4_2_1", default, skip_serializing_if = "Option::is_none")]
    pub workflow_code: Option<i64>,
    #[serde(rename = "4_4_2_2", default, skip_serializing_if = "Option::is_none")]
    pub workflow_version: Option<i64>,
    #[serde(rename = "4_4_5_1")]
    pub app_code: Option<i64>,
    #[serde(rename = "4_4_5_2")]
    pub app_version: Option<i64>,
    #[serde(rename = "rowHash")]
    pub row_hash: String,
    #[serde(rename = "rowHashCreateAt")]
    pub row_hash_create_at: T,
}

/// Identifiers of what is gone: the things with their rows, and the documents. Without things only the documents are
/// gone, while the things that they held are still there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedElement {
    #[serde(rename = "1_1")]
    pub user_id: String,
    pub document: Vec<DeletedDocument>,
    pub event: DeletedEvent,
    pub thing: Vec<DeletedThing>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedDocument {
    #[serde(rename = "2_n_1_1")]
    pub identifier: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedEvent {
    #[serde(rename = "3_1_1")]
    pub identifier: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedThing {
    #[serde(rename = "4_1_1")]
    pub identifier: String,
}

impl<T> Default for Differences<T> {
    fn default() -> Self {
        Self { add: Vec::new(), update: Vec::new(), delete: Vec::new() }
    }
}

impl<T> Differences<T> {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.update.is_empty() && self.delete.is_empty()
    }

    /// What was added and changed.
    pub fn stored(&self) -> impl Iterator<Item = &Element<T>> {
        self.add.iter().chain(&self.update)
    }

    /// Whether an actor speaks of its own data only: the ledger takes no others, and what it would refuse for ever
    /// must not get into a queue.
    #[must_use]
    pub fn is_of(&self, actor: Code) -> bool {
        self.stored().all(|element| {
            let things = element.thing.iter().map(|thing| thing.actor_code);
            std::iter::once(element.event.actor_code).chain(things).all(|code| Code(code) == actor)
        })
    }

    /// The same with its times written in another way.
    #[must_use]
    pub fn with_times<U>(self, write: impl Fn(T) -> U) -> Differences<U> {
        let each = |elements: Vec<Element<T>>| elements.into_iter().map(|it| it.with_times(&write)).collect();
        Differences { add: each(self.add), update: each(self.update), delete: self.delete }
    }
}

impl<T> Element<T> {
    fn with_times<U>(self, write: &impl Fn(T) -> U) -> Element<U> {
        let Self { user_id, document, event, thing } = self;
        Element {
            user_id,
            document: document.into_iter().map(|document| document.with_times(write)).collect(),
            event: event.with_times(write),
            thing: thing.into_iter().map(|thing| thing.with_times(write)).collect(),
        }
    }
}

/// The same columns with another kind of times.
macro_rules! with_times {
    ($columns:ident: $($time:ident via $map:ident),* ; $($kept:ident),*) => {
        impl<T> $columns<T> {
            fn with_times<U>(self, write: &impl Fn(T) -> U) -> $columns<U> {
                $columns { $($time: $map(self.$time, write),)* $($kept: self.$kept,)* }
            }
        }
    };
}

with_times!(DocumentColumns: created_at via always;
    identifier, code, version, actor_code, actor_version, workflow_code, workflow_version, app_code, app_version);
with_times!(EventColumns: start_at via perhaps, end_at via perhaps;
    identifier, code, version, actor_code, actor_version, workflow_code, workflow_version, app_code, app_version);
with_times!(ThingColumns: row_hash_create_at via always;
    identifier, code, version, actor_code, actor_version, workflow_code, workflow_version, app_code, app_version,
    row_hash);

fn always<T, U>(time: T, write: &impl Fn(T) -> U) -> U {
    write(time)
}

fn perhaps<T, U>(time: Option<T>, write: &impl Fn(T) -> U) -> Option<U> {
    time.map(write)
}

impl Input for Differences<Instant> {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(ApiError::bad_request("リクエストが空です"));
        }
        let fields = incoming.fields();
        let add = fields.required("add", array(element));
        let update = fields.required("update", array(element));
        let delete = fields.required("delete", array(deleted));
        fields.build(|| Some(Self { add: add?, update: update?, delete: delete? }))
    }
}

fn element(value: &Value) -> Result<Element<Instant>, Complaint> {
    nested(value, |fields| {
        let user_id = fields.required("1_1", short_text);
        let document = fields.required("document", array(document));
        let event = fields.required("event", event);
        let thing = fields.required("thing", some(thing));
        fields
            .inside(|| Some(Element { user_id: user_id?, document: document?, event: event?, thing: thing? }))
    })
}

fn document(value: &Value) -> Result<DocumentColumns<Instant>, Complaint> {
    nested(value, |fields| {
        let identifier = fields.required("2_n_1_1", uuid);
        let numbers = Numbers::read(fields, "2_n_1_2", "2_n_3");
        let created_at = fields.required("2_n_2_1", moment);
        fields.inside(|| {
            Some(DocumentColumns {
                identifier: identifier?,
                code: numbers.code?,
                version: numbers.version?,
                created_at: created_at?,
                actor_code: numbers.actor_code?,
                actor_version: numbers.actor_version?,
                workflow_code: numbers.workflow_code,
                workflow_version: numbers.workflow_version,
                app_code: numbers.app_code,
                app_version: numbers.app_version,
            })
        })
    })
}

fn event(value: &Value) -> Result<EventColumns<Instant>, Complaint> {
    nested(value, |fields| {
        let identifier = fields.required("3_1_1", uuid);
        let numbers = Numbers::read(fields, "3_1_2", "3_5");
        let start_at = fields.optional("3_2_1", moment);
        let end_at = fields.optional("3_2_2", moment);
        fields.inside(|| {
            Some(EventColumns {
                identifier: identifier?,
                code: numbers.code?,
                version: numbers.version?,
                start_at,
                end_at,
                actor_code: numbers.actor_code?,
                actor_version: numbers.actor_version?,
                workflow_code: numbers.workflow_code,
                workflow_version: numbers.workflow_version,
                app_code: numbers.app_code,
                app_version: numbers.app_version,
            })
        })
    })
}

fn thing(value: &Value) -> Result<ThingColumns<Instant>, Complaint> {
    nested(value, |fields| {
        let identifier = fields.required("4_1_1", uuid);
        let numbers = Numbers::read(fields, "4_1_2", "4_4");
        let row_hash = fields.required("rowHash", short_text);
        let row_hash_create_at = fields.required("rowHashCreateAt", moment);
        fields.inside(|| {
            Some(ThingColumns {
                identifier: identifier?,
                code: numbers.code?,
                version: numbers.version?,
                actor_code: numbers.actor_code?,
                actor_version: numbers.actor_version?,
                workflow_code: numbers.workflow_code,
                workflow_version: numbers.workflow_version,
                app_code: numbers.app_code,
                app_version: numbers.app_version,
                row_hash: row_hash?,
                row_hash_create_at: row_hash_create_at?,
            })
        })
    })
}

/// The numbers that documents, events and things all have.
struct Numbers {
    code: Option<i64>,
    version: Option<i64>,
    actor_code: Option<i64>,
    actor_version: Option<i64>,
    workflow_code: Option<i64>,
    workflow_version: Option<i64>,
    app_code: Option<i64>,
    app_version: Option<i64>,
}

impl Numbers {
    fn read(fields: &Fields<'_>, what: &str, who: &str) -> Self {
        let required = |name: String| fields.required(&name, number);
        let optional = |name: String| fields.optional(&name, number);
        Self {
            code: required(format!("{what}_1")),
            version: required(format!("{what}_2")),
            actor_code: required(format!("{who}_1_1")),
            actor_version: required(format!("{who}_1_2")),
            workflow_code: optional(format!("{who}_2_1")),
            workflow_version: optional(format!("{who}_2_2")),
            app_code: optional(format!("{who}_5_1")),
            app_version: optional(format!("{who}_5_2")),
        }
    }
}

fn deleted(value: &Value) -> Result<DeletedElement, Complaint> {
    nested(value, |fields| {
        let user_id = fields.required("1_1", short_text);
        let document = fields.required("document", array(|value| identifier(value, "2_n_1_1")));
        let event = fields.required("event", |value| identifier(value, "3_1_1"));
        let thing = fields.required("thing", array(|value| identifier(value, "4_1_1")));
        let both_empty =
            document.as_ref().is_some_and(Vec::is_empty) && thing.as_ref().is_some_and(Vec::is_empty);
        if both_empty {
            fields.refuse("thing", EMPTY);
        }
        fields.inside(|| {
            Some(DeletedElement {
                user_id: user_id?,
                document: document?.into_iter().map(|identifier| DeletedDocument { identifier }).collect(),
                event: DeletedEvent { identifier: event? },
                thing: thing?.into_iter().map(|identifier| DeletedThing { identifier }).collect(),
            })
        })
    })
}

fn identifier(value: &Value, name: &str) -> Result<String, Complaint> {
    nested(value, |fields| {
        let identifier = fields.required(name, uuid);
        fields.inside(|| identifier)
    })
}

const EMPTY: &str = "空の配列にはできません";

/// An array of at least one.
fn some<'v, T>(
    rule: impl Fn(&'v Value) -> Result<T, Complaint>,
) -> impl FnOnce(&'v Value) -> Result<Vec<T>, Complaint> {
    move |value| {
        let elements = array(rule)(value)?;
        if elements.is_empty() { Err(EMPTY.into()) } else { Ok(elements) }
    }
}

/// A time of a year that databases can hold.
fn moment(value: &Value) -> Result<Instant, Complaint> {
    let time = instant(value)?;
    let year = value.as_str().and_then(|text| text.get(..5)).unwrap_or_default();
    let holds = year.ends_with('-') && year[..4].parse().is_ok_and(|year: u16| year > 0);
    if holds { Ok(time) } else { Err("日時の範囲が正しくありません".into()) }
}
