//! Documents about a person: identity documents and profiles (spec: book-manage 4.1.1).

use platform::{
    Fields,
    fields::{Complaint, array, boolean, code_version, nested, text},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vocabulary::{CodeVersion, stringify};

/// A document as it was sent, and what of it is checked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Document {
    /// As it came, with members that nobody here knows; codes are numbers and flags are flags.
    pub(crate) json: Value,
    pub(crate) code: CodeVersion,
    pub(crate) items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) kind: CodeVersion,
    pub(crate) content: Option<Value>,
    pub(crate) needs_sms: bool,
}

impl Document {
    /// A rule for [`Fields`]: a document with at least one item.
    pub(crate) fn rule(value: &Value) -> Result<Self, Complaint> {
        Self::read(value, filled)
    }

    /// A profile may be empty (spec: book-manage 4.5.2).
    pub(crate) fn profile_rule(value: &Value) -> Result<Self, Complaint> {
        Self::read(value, |list| Ok(list))
    }

    fn read(value: &Value, enough: fn(&Value) -> Result<&Value, Complaint>) -> Result<Self, Complaint> {
        nested(value, |fields| {
            let code = fields.required("_code", code_version);
            let group = |group| nested(group, |fields| read_group(fields, enough));
            let groups = fields.required("item-group", |groups| array(group)(enough(groups)?));
            fields.inside(|| {
                let items = groups?.into_iter().flatten().collect();
                Some(Self { json: normalised(value.clone()), code: code?, items })
            })
        })
    }

    /// The text that the database holds.
    pub(crate) fn text(&self) -> String {
        stringify(&self.json)
    }

    /// What finds the same document again.
    pub(crate) fn hash(&self) -> String {
        hash(&self.json)
    }

    /// The first item of a kind.
    pub(crate) fn item(&self, kind: i64) -> Option<&Item> {
        self.items.iter().find(|item| item.kind.value.0 == kind)
    }
}

/// The hash of a document's text. Stored ones were made the same way: the order of its members counts.
pub(crate) fn hash(document: &Value) -> String {
    hex::encode(Sha256::digest(stringify(document)))
}

fn filled(list: &Value) -> Result<&Value, Complaint> {
    match list.as_array() {
        Some(elements) if elements.is_empty() => Err("空にはできません".into()),
        _ => Ok(list),
    }
}

fn read_group(
    fields: &Fields<'_>,
    enough: fn(&Value) -> Result<&Value, Complaint>,
) -> Result<Vec<Item>, Complaint> {
    let title = fields.required("title", text);
    let items = fields.required("item", |items| array(|item| nested(item, read_item))(enough(items)?));
    fields.inside(|| title.and(items))
}

fn read_item(fields: &Fields<'_>) -> Result<Item, Complaint> {
    let title = fields.required("title", text);
    let kind = fields.required("type", code_version);
    fields.optional("changeable-flag", boolean);
    let content = fields.raw("content").cloned();
    let needs_sms = fields.raw("require-sms-verification").is_some_and(|flag| flag.as_bool() != Some(false));
    fields.inside(|| title.and(Some(Item { kind: kind?, content, needs_sms })))
}

/// The document with its codes as numbers and its flags as flags, whatever it was sent with.
fn normalised(mut document: Value) -> Value {
    as_numbers(&mut document["_code"]);
    let groups = document["item-group"].as_array_mut().into_iter().flatten();
    for item in groups.filter_map(|group| group["item"].as_array_mut()).flatten() {
        as_numbers(&mut item["type"]);
        if let Some(flag) = item.get_mut("changeable-flag")
            && let Ok(meant) = boolean(flag)
        {
            *flag = meant.into();
        }
    }
    document
}

fn as_numbers(code: &mut Value) {
    if let Some(read) = CodeVersion::read(code) {
        code["_value"] = json!(read.value);
        code["_ver"] = json!(read.ver);
    }
}

#[cfg(test)]
mod tests {
    use platform::ApiError;

    use super::*;

    fn document() -> Value {
        json!({"_code": {"_value": "30001", "_ver": 1}, "item-group": [{"title": "氏名", "item": [
            {"title": "姓", "type": {"_value": 30019, "_ver": "1"}, "content": "山田", "changeable-flag": "TRUE", "x": 1.0}]}]})
    }

    #[test]
    fn codes_and_flags_are_kept_as_what_they_mean() {
        let read = Document::rule(&document()).unwrap();
        assert_eq!(
            read.text(),
            r#"{"_code":{"_value":30001,"_ver":1},"item-group":[{"title":"氏名","item":[{"title":"姓","type":{"_value":30019,"_ver":1},"content":"山田","changeable-flag":true,"x":1}]}]}"#
        );
        assert_eq!(read.hash(), hash(&read.json));
        assert_eq!(read.item(30019).unwrap().content, Some(json!("山田")));
    }

    #[test]
    fn what_is_missing_anywhere_is_named() {
        let reasons = |change: fn(&mut Value)| {
            let mut value = json!({"document": document()});
            change(&mut value["document"]);
            let fields = Fields::of(&value);
            let read = fields.required("document", Document::rule);
            match fields.build(|| read) {
                Err(ApiError::Fields(reasons)) => reasons.into_iter().map(|reason| reason.property).collect(),
                _ => Vec::new(),
            }
        };
        assert_eq!(reasons(|_| ()), Vec::<String>::new());
        assert_eq!(reasons(|document| document["_code"]["_ver"] = json!("a")), ["_ver"]);
        assert_eq!(reasons(|document| document["item-group"] = json!([])), ["item-group"]);
        assert_eq!(reasons(|document| document["item-group"][0]["item"] = json!([])), ["item"]);
        assert_eq!(reasons(|document| document["item-group"][0]["item"][0]["title"] = json!("")), ["title"]);
        assert_eq!(reasons(|document| document["item-group"][0]["item"][0]["type"] = json!(null)), ["type"]);
    }

    #[test]
    fn a_profile_may_be_empty() {
        let empty = json!({"_code": {"_value": 1, "_ver": 1}, "item-group": []});
        assert!(Document::rule(&empty).is_err());
        assert!(Document::profile_rule(&empty).is_ok());
    }
}
