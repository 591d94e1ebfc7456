//! Proposals as they are sent.

use platform::{
    ApiError, Fields, Incoming, Input,
    fields::{self, Complaint, any, any_text, array, nested, number, one_of, text},
};
use serde_json::Value;

use crate::{
    api::{attributes::attribute, body},
    update_set::{Change, ChangeKind, Changes, Draft},
};

impl Input for Draft {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = Fields::of(body(incoming)?);
        let name = fields.required("name", text);
        let description = fields.optional("description", any_text);
        let kind = fields
            .optional("type", |value| number(value)?.try_into().map_err(|_| "指定できない値です".into()));
        let namespaces = fields.optional("ns", array(namespace));
        let items = fields.optional("catalog", array(item));
        let attributes = fields.optional("attribute", array(attributes));
        let appendix = fields.optional("appendix", any);
        fields.build(|| {
            Some(Self {
                name: name?,
                description,
                kind,
                changes: Changes {
                    namespaces: namespaces.unwrap_or_default(),
                    items: items.unwrap_or_default(),
                    attributes: attributes.unwrap_or_default(),
                },
                appendix,
            })
        })
    }
}

fn kind(fields: &Fields<'_>) -> Option<ChangeKind> {
    let kind = fields.required("type", one_of(number, |kind| ChangeKind::read(kind).is_some()));
    kind.and_then(ChangeKind::read)
}

fn namespace(value: &Value) -> Result<Change, Complaint> {
    nested(value, |fields: &Fields<'_>| {
        let kind = kind(fields);
        let target = fields.optional("nsId", number);
        let comment = fields.optional("comment", any_text);
        let template = fields.optional("template", whole_object);
        fields.inside(|| Some(Change { kind: kind?, target, comment, template }))
    })
}

fn item(value: &Value) -> Result<Change, Complaint> {
    nested(value, |fields: &Fields<'_>| {
        let kind = kind(fields);
        let target = fields.optional("catalogCode", number);
        let comment = fields.optional("comment", any_text);
        let template = fields.optional("template", whole_object);
        fields.inside(|| Some(Change { kind: kind?, target, comment, template }))
    })
}

/// The comment of a change of attributes was never kept.
fn attributes(value: &Value) -> Result<Change, Complaint> {
    nested(value, |fields: &Fields<'_>| {
        let kind = kind(fields);
        let target = fields.required("catalogCode", number);
        let template = fields.optional("attribute", attribute);
        fields.inside(|| Some(Change { kind: kind?, target: Some(target?), comment: None, template }))
    })
}

fn whole_object(value: &Value) -> Result<Value, Complaint> {
    fields::object(value).map(Value::Object)
}
