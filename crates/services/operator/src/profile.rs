//! Profiles of residents: the shape of the JSON, and what its items say (spec: operator 3.9, 4.24).

use std::collections::{HashMap, hash_map::Entry};

use platform::{
    ApiError, Fields,
    fields::{Complaint, any_text, array, boolean, code_version, nested, text},
};
use regex::Regex;
use serde_json::Value;
use vocabulary::{CodeVersion, Session};

use crate::{Operators, catalog_failure::of_code, global_setting::is_truthy, refusal::Refusal};

/// A profile as it was sent, and what of it is checked.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) json: Value,
    pub(crate) code: CodeVersion,
    pub(crate) items: Vec<Item>,
}

#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) title: String,
    pub(crate) kind: CodeVersion,
    /// Null and absent are the same here.
    pub(crate) content: Value,
}

impl Profile {
    /// A rule for [`Fields`]; members that it does not know are kept.
    pub(crate) fn rule(value: &Value) -> Result<Self, Complaint> {
        nested(value, |fields| {
            let code = fields.required("_code", code_version);
            let groups = fields.required("item-group", array(|group| nested(group, read_group)));
            fields.inside(|| {
                Some(Self {
                    json: value.clone(),
                    code: code?,
                    items: groups?.into_iter().flatten().collect(),
                })
            })
        })
    }

    /// The content of the item with the phone number.
    pub(crate) fn phone(&self, code: i64) -> Option<String> {
        self.items.iter().rfind(|item| item.kind.value.0 == code).and_then(Item::text)
    }
}

fn read_group(fields: &Fields<'_>) -> Result<Vec<Item>, Complaint> {
    let title = fields.required("title", text);
    let items = fields.required("item", array(|item| nested(item, read_item)));
    fields.inside(|| title.and(items))
}

fn read_item(fields: &Fields<'_>) -> Result<Item, Complaint> {
    let title = fields.required("title", text);
    let kind = fields.required("type", code_version);
    let content = fields.optional("content", |value| match value {
        Value::Array(_) | Value::Object(_) => Err("文字列、数値または真偽値を指定してください".into()),
        Value::String(_) => any_text(value).map(Value::String),
        plain => Ok(plain.clone()),
    });
    for flag in ["changable-flag", "changeable-flag", "require-sms-verification"] {
        fields.optional(flag, boolean);
    }
    fields.inside(|| Some(Item { title: title?, kind: kind?, content: content.unwrap_or_default() }))
}

impl Item {
    /// The content as a text, as JavaScript writes it; none where there is nothing.
    pub(crate) fn text(&self) -> Option<String> {
        match &self.content {
            Value::Null | Value::Array(_) | Value::Object(_) => None,
            Value::Bool(flag) => Some(flag.to_string()),
            // 2000.0 is written 2000.
            Value::Number(number) => Some(number.as_f64().map_or_else(
                || number.to_string(),
                |float| if number.is_f64() { float.to_string() } else { number.to_string() },
            )),
            Value::String(text) => Some(text.clone()),
        }
    }

    /// Whether the content keeps the pattern of its kind; a pattern that nobody understands is kept by nothing.
    fn keeps(&self, pattern: &str) -> bool {
        let Ok(expression) = Regex::new(&for_rust(pattern)) else {
            tracing::warn!(pattern, "an input pattern in the catalog cannot be read");
            return false;
        };
        is_truthy(&self.content) && self.text().is_some_and(|text| expression.is_match(&text))
    }
}

/// Patterns are JavaScript's, where `\d` and `\w` mean ASCII only.
fn for_rust(pattern: &str) -> String {
    let mut translated = String::with_capacity(pattern.len());
    let mut signs = pattern.chars();
    while let Some(sign) = signs.next() {
        match (sign, if sign == '\\' { signs.next() } else { None }) {
            ('\\', Some('d')) => translated.push_str("[0-9]"),
            ('\\', Some('w')) => translated.push_str("[0-9A-Za-z_]"),
            ('\\', Some('/')) => translated.push('/'),
            ('\\', Some(other)) => translated.extend(['\\', other]),
            (plain, _) => translated.push(plain),
        }
    }
    translated
}

impl Operators {
    /// The profile's own catalog item and those of its items must exist, and every content keep its pattern.
    /// Each item of the catalog is asked for once.
    pub(crate) async fn check_profile(&self, session: &Session, profile: &Profile) -> Result<(), ApiError> {
        let code = profile.code;
        self.catalog.item_at(session, code.value, code.ver).await.map_err(of_code)?;
        let mut patterns: HashMap<CodeVersion, Option<String>> = HashMap::new();
        for item in &profile.items {
            let pattern = match patterns.entry(item.kind) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => {
                    let found = self.catalog.item_at(session, item.kind.value, item.kind.ver).await;
                    unknown.insert(found.map_err(of_code)?.text("input-pattern").map(str::to_owned))
                }
            };
            if pattern.as_ref().is_some_and(|pattern| !pattern.is_empty() && !item.keeps(pattern)) {
                return Err(Refusal::ProfileItem(item.title.clone()).into());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(content: Value) -> Item {
        Item { title: "t".to_owned(), kind: CodeVersion::new(1, 1), content }
    }

    #[test]
    fn contents_are_written_as_javascript_writes_them() {
        let text = |content| item(content).text();
        assert_eq!(text(json!(2000)).as_deref(), Some("2000"));
        assert_eq!(text(json!(2000.0)).as_deref(), Some("2000"));
        assert_eq!(text(json!(1.5)).as_deref(), Some("1.5"));
        assert_eq!(text(json!(false)).as_deref(), Some("false"));
        assert_eq!(text(Value::Null), None);
    }

    #[test]
    fn a_pattern_looks_anywhere_in_a_content_that_is_there() {
        assert!(item(json!("a7b")).keeps(r"\d"));
        assert!(!item(json!("a７b")).keeps(r"\d"));
        assert!(item(json!(2000)).keeps("^[12][0-9]{3}$"));
        assert!(item(json!("7")).keeps(r"^[\d-]+$"));
        for nothing in [json!(""), json!(0), json!(false), Value::Null] {
            assert!(!item(nothing.clone()).keeps(".*"), "{nothing}");
        }
        assert!(!item(json!("a")).keeps("(?<=x"));
    }

    #[test]
    fn all_broken_members_of_a_profile_are_named() {
        let broken = json!({"_code": {"_value": "x", "_ver": 1},
            "item-group": [{"title": "", "item": [{"title": "t", "type": {"_value": 1}, "content": []}]}]});
        let fields = json!({ "userInfo": broken });
        let fields = Fields::of(&fields);
        let profile = fields.required("userInfo", Profile::rule);
        let Err(ApiError::Fields(reasons)) = fields.build(|| profile) else { panic!("must be refused") };
        let names: Vec<_> = reasons.iter().map(|reason| reason.property.as_str()).collect();
        assert_eq!(names, ["_value", "title", "_ver", "content"]);
    }
}
