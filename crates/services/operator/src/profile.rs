//! Profiles of residents: the shape of the JSON, and what its items say (spec: operator 3.9, 4.24).

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    mem::discriminant,
};

use platform::{
    ApiError, Fields,
    fields::{Complaint, any_text, array, boolean, code_version, nested, number, text},
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
        Self::read(value, false)
    }

    /// The same for a profile whose items all have contents.
    pub(crate) fn complete(value: &Value) -> Result<Self, Complaint> {
        Self::read(value, true)
    }

    fn read(value: &Value, complete: bool) -> Result<Self, Complaint> {
        nested(value, |fields| {
            let code = fields.required("_code", code_version);
            let group = |fields: &Fields<'_>| read_group(fields, complete);
            let groups = fields.required("item-group", array(|value| nested(value, group)));
            fields.inside(|| {
                Some(Self {
                    json: value.clone(),
                    code: code?,
                    items: groups?.into_iter().flatten().collect(),
                })
            })
        })
    }

    /// A profile as it lies in the database, where it is one.
    pub(crate) fn stored(json: Option<&Value>) -> Result<Self, Refusal> {
        json.and_then(|json| Self::rule(json).ok()).ok_or(Refusal::NoProfile)
    }

    /// The same with other contents for items of these kinds. Contents that say nothing change nothing; what was
    /// a text stays one, and so on.
    pub(crate) fn with(mut self, contents: &HashMap<i64, Value>) -> Result<Self, Refusal> {
        for item in items_of(&mut self.json) {
            let kind = item["type"]["_value"].clone();
            let Some(new) = number(&kind).ok().and_then(|kind| contents.get(&kind)) else { continue };
            let old = &item["content"];
            if !is_truthy(new) {
                continue;
            }
            if !old.is_null() && discriminant(old) != discriminant(new) {
                return Err(Refusal::ProfileItem(item["title"].as_str().unwrap_or_default().to_owned()));
            }
            item["content"] = new.clone();
        }
        Self::stored(Some(&self.json))
    }

    /// The content of the item with the phone number.
    pub(crate) fn phone(&self, code: i64) -> Option<String> {
        self.items.iter().rfind(|item| item.kind.value.0 == code).and_then(Item::text)
    }
}

/// The items inside the JSON of a profile, to be changed.
fn items_of(profile: &mut Value) -> impl Iterator<Item = &mut Value> {
    let groups = profile["item-group"].as_array_mut().into_iter().flatten();
    groups.filter_map(|group| group["item"].as_array_mut()).flatten()
}

/// What the catalog lets residents change of their profiles themselves (spec: operator 4.25 rule 2).
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changeable {
    kinds: HashSet<i64>,
    /// Kinds whose new content must have been verified with a message.
    verified: HashSet<i64>,
}

impl Changeable {
    /// Read from the template of profiles.
    pub(crate) fn read(template: &Value) -> Self {
        let mut changeable = Self::default();
        let groups = template["item-group"].as_array().into_iter().flatten();
        for item in groups.filter_map(|group| group["item"].as_array()).flatten() {
            let Ok(kind) = number(&item["type"]["_value"]) else { continue };
            if item["changable-flag"] == true {
                changeable.kinds.insert(kind);
                if item["require-sms-verification"] == true {
                    changeable.verified.insert(kind);
                }
            }
        }
        changeable
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.kinds.is_empty()
    }

    pub(crate) fn needs_proof(&self, kind: i64) -> bool {
        self.verified.contains(&kind)
    }

    /// The items that may be changed.
    pub(crate) fn of<'p>(&self, profile: &'p Profile) -> Vec<&'p Item> {
        profile.items.iter().filter(|item| self.kinds.contains(&item.kind.value.0)).collect()
    }
}

fn read_group(fields: &Fields<'_>, complete: bool) -> Result<Vec<Item>, Complaint> {
    let title = fields.required("title", text);
    let item = |fields: &Fields<'_>| read_item(fields, complete);
    let items = fields.required("item", array(|value| nested(value, item)));
    fields.inside(|| title.and(items))
}

fn read_item(fields: &Fields<'_>, complete: bool) -> Result<Item, Complaint> {
    let title = fields.required("title", text);
    let kind = fields.required("type", code_version);
    let content =
        if complete { fields.required("content", content) } else { fields.optional("content", content) };
    for flag in ["changable-flag", "changeable-flag", "require-sms-verification"] {
        fields.optional(flag, boolean);
    }
    fields.inside(|| Some(Item { title: title?, kind: kind?, content: content.unwrap_or_default() }))
}

fn content(value: &Value) -> Result<Value, Complaint> {
    match value {
        Value::Array(_) | Value::Object(_) => Err("文字列、数値または真偽値を指定してください".into()),
        Value::String(_) => any_text(value).map(Value::String),
        plain => Ok(plain.clone()),
    }
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
    /// Each kind is asked for once.
    pub(crate) async fn check_profile(&self, session: &Session, profile: &Profile) -> Result<(), ApiError> {
        let code = profile.code;
        self.catalog.item_at(session, code.value, code.ver).await.map_err(of_code)?;
        self.check_items(session, &profile.items.iter().collect::<Vec<_>>()).await
    }

    /// Items must be of kinds that the catalog knows, and keep their patterns.
    pub(crate) async fn check_items(&self, session: &Session, items: &[&Item]) -> Result<(), ApiError> {
        let mut patterns: HashMap<CodeVersion, Option<String>> = HashMap::new();
        for item in items {
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
    fn only_what_the_catalog_says_is_changeable() {
        let template = json!({"item-group": [
            {"title": "a", "item": [{"type": {"_value": 1}, "changable-flag": true}, {"type": {"_value": 2}}]},
            {"title": "b", "item": [
                {"type": {"_value": "3"}, "changable-flag": true, "require-sms-verification": true},
                {"type": {"_value": 4}, "changable-flag": "true", "require-sms-verification": true},
            ]},
        ]});
        let changeable = Changeable::read(&template);
        let kinds = [1, 2, 3, 4].map(|kind| changeable.kinds.contains(&kind));
        assert_eq!(kinds, [true, false, true, false]);
        assert!(changeable.needs_proof(3) && !changeable.needs_proof(1) && !changeable.needs_proof(4));
        assert!(Changeable::read(&Value::Null).is_nothing());
    }

    #[test]
    fn contents_are_replaced_by_contents_of_their_kind() {
        let stored = |content: Value| {
            let item = json!({"title": "t", "type": {"_value": 1, "_ver": 1}, "content": content, "more": 1});
            let json =
                json!({"_code": {"_value": 9, "_ver": 1}, "item-group": [{"title": "g", "item": [item]}]});
            Profile::stored(Some(&json)).unwrap()
        };
        let with = |old: Value, new: Value| stored(old).with(&HashMap::from([(1, new)]));
        let new = with(json!("a"), json!("b")).unwrap();
        assert_eq!(new.json, stored(json!("b")).json);
        assert_eq!(new.items[0].content, json!("b"));
        assert_eq!(with(Value::Null, json!(2)).unwrap().items[0].content, json!(2));
        for nothing in [json!(""), json!(0), json!(false), Value::Null] {
            assert_eq!(with(json!("a"), nothing).unwrap().items[0].content, json!("a"));
        }
        assert_eq!(with(json!("a"), json!(1)).unwrap_err(), Refusal::ProfileItem("t".to_owned()));
        let others = HashMap::from([(2, json!("b"))]);
        assert_eq!(stored(json!("a")).with(&others).unwrap().items[0].content, json!("a"));
        assert_eq!(Profile::stored(Some(&json!({}))).unwrap_err(), Refusal::NoProfile);
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
