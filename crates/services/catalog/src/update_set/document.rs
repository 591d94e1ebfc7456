//! What an update set proposes, as it is sent.

use platform::{
    ApiError, Fields, Incoming, Input,
    fields::{self, Complaint, any, any_text, array, nested, number, one_of, text},
};
use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// Where an update set stands. 1, 2 and 4 are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Registered = 0,
    Approved = 1,
    Denied = 2,
    Requested = 3,
    Cancelled = 4,
}

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    Add = 1,
    Update = 2,
    Delete = 3,
}

impl ChangeKind {
    pub(crate) fn read(number: i64) -> Option<Self> {
        [Self::Add, Self::Update, Self::Delete].into_iter().find(|kind| *kind as i64 == number)
    }
}

/// A change of a namespace, an item or the attributes of an item.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) kind: ChangeKind,
    /// Id of the namespace or code of the item that is changed.
    pub(crate) target: Option<i64>,
    pub(crate) comment: Option<String>,
    /// What it becomes.
    pub(crate) template: Option<Value>,
}

/// A proposal before it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) kind: Option<i64>,
    pub(crate) namespaces: Vec<Change>,
    pub(crate) items: Vec<Change>,
    pub(crate) attributes: Vec<Change>,
    pub(crate) appendix: Option<Value>,
}

impl Input for Draft {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        Self::of(incoming.body())
    }
}

impl Draft {
    /// Reads a proposal, as it was sent or as it is stored.
    pub(crate) fn of(value: &Value) -> Result<Self, ApiError> {
        let fields = Fields::of(value);
        let name = fields.required("name", text);
        let description = fields.optional("description", any_text);
        let kind = fields.optional("type", number);
        let namespaces = fields.optional("ns", array(|entry| change(entry, "nsId", "template", false)));
        let items =
            fields.optional("catalog", array(|entry| change(entry, "catalogCode", "template", false)));
        let attributes =
            fields.optional("attribute", array(|entry| change(entry, "catalogCode", "attribute", true)));
        let appendix = fields.optional("appendix", any);
        fields.build(|| {
            Some(Self {
                name: name?,
                description,
                kind,
                namespaces: namespaces.unwrap_or_default(),
                items: items.unwrap_or_default(),
                attributes: attributes.unwrap_or_default(),
                appendix,
            })
        })
    }
}

fn change(value: &Value, target: &str, template: &str, needs_target: bool) -> Result<Change, Complaint> {
    nested(value, |fields: &Fields<'_>| {
        let kind = fields.required("type", one_of(number, |kind| ChangeKind::read(kind).is_some()));
        let code =
            if needs_target { fields.required(target, number) } else { fields.optional(target, number) };
        let comment = fields.optional("comment", any_text);
        let template = fields.optional(template, object_rule);
        fields.inside(|| {
            Some(Change {
                kind: ChangeKind::read(kind?)?,
                target: code,
                comment,
                template: template.map(Value::Object),
            })
        })
    })
}

fn object_rule(value: &Value) -> Result<Map<String, Value>, Complaint> {
    fields::object(value)
}
