//! Terms of use as they are sent (spec: catalog-update 4.7).

use platform::{
    ApiError, Incoming, Input,
    fields::{Complaint, any_text, array, nested, object, one_of, strict_number, text},
};
use serde_json::{Map, Value, json};
use vocabulary::CodeVersion;

#[derive(Debug)]
pub(in crate::api) struct Terms {
    body: Map<String, Value>,
    /// The draft that is changed or sent; whatever else is named is not looked at, as ever.
    pub(super) draft: Option<i64>,
    pub(super) catalog: Vec<Entry>,
    pub(super) is_draft: bool,
}

/// One item of the terms.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) kind: Option<i64>,
    pub(super) ns: Option<String>,
    /// The item that is changed, and the version that it becomes.
    pub(super) code: Option<i64>,
    pub(super) version: Option<i64>,
    values: Vec<Value>,
}

impl Entry {
    /// Item and version, where both are named.
    pub(super) fn item(&self) -> Option<CodeVersion> {
        let given = |number: &i64| *number != 0;
        let (code, version) = (self.code.filter(given)?, self.version.filter(given)?);
        Some(CodeVersion::new(code, version))
    }

    /// A value of the terms.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.values.iter().find(|entry| entry["key"] == key).map(|entry| &entry["value"])
    }
}

impl Terms {
    /// The request as it is kept and handed on.
    pub(super) fn kept(&self) -> Value {
        let mut kept = self.body.clone();
        kept.shift_remove("isDraft");
        Value::Object(kept)
    }

    /// The request with what became of it.
    pub(super) fn answer(mut self, id: i64, made: Option<&Value>) -> Value {
        if let Some(made) = made
            && let Some(head) =
                self.body.get_mut("catalog").and_then(|all| all.pointer_mut("/0/template/catalogItem"))
        {
            head["_code"] = made.clone();
        }
        self.body.insert("id".to_owned(), json!(id));
        Value::Object(self.body)
    }
}

impl Input for Terms {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        crate::api::check_object(incoming)?;
        let fields = incoming.fields();
        let draft = fields.optional("id", strict_number);
        fields.optional("name", text);
        fields.optional("description", any_text);
        let catalog = fields.required("catalog", array(entry));
        let is_draft =
            fields.optional("isDraft", |value| value.as_bool().ok_or("真偽値ではありません".into()));
        let body = fields.whole();
        fields.build(|| Some(Self { body, draft, catalog: catalog?, is_draft: is_draft.unwrap_or(false) }))
    }
}

fn entry(value: &Value) -> Result<Entry, Complaint> {
    nested(value, |fields| {
        let kind = fields.optional("type", one_of(strict_number, |kind| matches!(kind, 1..=3)));
        let code = fields.optional("catalogCode", strict_number);
        fields.optional("comment", any_text);
        fields.optional("template", object);
        let head = &value["template"]["catalogItem"];
        let (ns, version) = (head["ns"].as_str().map(str::to_owned), head["_code"]["_ver"].as_i64());
        let values = value["template"]["template"]["value"].as_array().cloned().unwrap_or_default();
        fields.inside(|| Some(Entry { kind, ns, code, version, values }))
    })
}
