//! Reads fields out of JSON, with their rules, and lists every field that breaks one.
//!
//! ```
//! # use platform::{ApiError, Fields, fields::{number, text}};
//! # use serde_json::json;
//! struct Login { kind: i64, login_id: String, name: Option<String> }
//!
//! fn read(body: &serde_json::Value) -> Result<Login, ApiError> {
//!     let fields = Fields::of(body);
//!     let kind = fields.required("type", number);
//!     let login_id = fields.required("loginId", text);
//!     let name = fields.optional("name", text);
//!     fields.build(|| Some(Login { kind: kind?, login_id: login_id?, name }))
//! }
//! assert!(read(&json!({"type": "3", "loginId": "root"})).is_ok());
//! let Err(ApiError::Fields(reasons)) = read(&json!({"type": "x", "name": 1})) else { unreachable!() };
//! assert_eq!(reasons.iter().map(|reason| reason.property.as_str()).collect::<Vec<_>>(), ["type", "loginId", "name"]);
//! ```
//!
//! A rule is a function from a value to what it means or to a [`Complaint`]; rules are plain functions and
//! closures, so a service adds its own (`|value| text(value).and_then(…)`).

use std::{borrow::Cow, cell::RefCell, rc::Rc};

use serde_json::{Map, Value};
use vocabulary::{Code, CodeVersion, Instant, Version};

use crate::{
    ApiError, Reason,
    describe::{Kind, recorder},
};

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Complaint {
    /// The value itself breaks a rule.
    Value(Cow<'static, str>),
    /// Fields inside it do; they are listed instead of it.
    Inside(Vec<Reason>),
}

impl From<&'static str> for Complaint {
    fn from(message: &'static str) -> Self {
        Self::Value(message.into())
    }
}

pub const REQUIRED: &str = "必須項目です";
const NOT_OBJECT: &str = "オブジェクトではありません";
const NOT_ARRAY: &str = "配列ではありません";

/// The fields of one JSON object and what was found wrong so far.
#[derive(Clone, Debug)]
pub struct Fields<'v> {
    object: Option<&'v Map<String, Value>>,
    reasons: Rc<RefCell<Vec<Reason>>>,
}

impl<'v> Fields<'v> {
    /// The fields of a body. Null reads like `{}`; anything but an object is a complaint of its own.
    #[must_use]
    pub fn of(value: &'v Value) -> Self {
        let fields = Self { object: value.as_object(), reasons: Rc::default() };
        if !value.is_object() && !value.is_null() {
            fields.complain("body", value, NOT_OBJECT.into());
        }
        fields
    }

    /// The value as it came; null counts as absent.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&'v Value> {
        recorder::asked(self.object, name, false);
        self.value(name)
    }

    /// A field that must be there, though it may be null.
    #[must_use]
    pub fn given(&self, name: &str) -> Option<&'v Value> {
        recorder::asked(self.object, name, true);
        self.object?.get(name)
    }

    /// The object as it came, with whatever else is in it; empty when there is none.
    #[must_use]
    pub fn whole(&self) -> Map<String, Value> {
        self.object.inspect(|object| recorder::kept_whole(object)).cloned().unwrap_or_default()
    }

    fn value(&self, name: &str) -> Option<&'v Value> {
        self.object?.get(name).filter(|value| !value.is_null())
    }

    /// A field that must be there and keep the rule.
    pub fn required<T>(&self, name: &str, rule: impl FnOnce(&'v Value) -> Result<T, Complaint>) -> Option<T> {
        recorder::asked(self.object, name, true);
        let Some(value) = self.value(name) else {
            self.complain(name, &Value::Null, REQUIRED.into());
            return None;
        };
        self.check(name, value, rule)
    }

    /// A field that may be absent or null, but must keep the rule when it is there.
    pub fn optional<T>(&self, name: &str, rule: impl FnOnce(&'v Value) -> Result<T, Complaint>) -> Option<T> {
        self.raw(name).and_then(|value| self.check(name, value, rule))
    }

    /// Adds a complaint about a field that was read.
    pub fn refuse(&self, name: &str, message: &'static str) {
        if message == REQUIRED {
            recorder::asked(self.object, name, true);
        }
        self.complain(name, self.value(name).unwrap_or(&Value::Null), message.into());
    }

    fn check<T>(
        &self,
        name: &str,
        value: &'v Value,
        rule: impl FnOnce(&'v Value) -> Result<T, Complaint>,
    ) -> Option<T> {
        let checked = recorder::within(self.object, name, value, rule);
        checked.map_err(|complaint| self.complain(name, value, complaint)).ok()
    }

    fn complain(&self, name: &str, value: &Value, complaint: Complaint) {
        let mut reasons = self.reasons.borrow_mut();
        match complaint {
            Complaint::Inside(inside) => reasons.extend(inside.into_iter().map(|reason| reason.within(name))),
            Complaint::Value(message) => reasons.push(Reason::new(name, shown(value), message).within(name)),
        }
    }

    /// Whether every field read so far kept its rules.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.reasons.borrow().is_empty()
    }

    /// The input made of the fields, or everything that is wrong with them.
    pub fn build<T>(&self, make: impl FnOnce() -> Option<T>) -> Result<T, ApiError> {
        self.inside(make).map_err(|complaint| match complaint {
            Complaint::Inside(reasons) => ApiError::Fields(reasons),
            Complaint::Value(message) => ApiError::bad_request(message),
        })
    }

    /// Like [`Fields::build`], for an object inside another one: use it as the end of a rule.
    pub fn inside<T>(&self, make: impl FnOnce() -> Option<T>) -> Result<T, Complaint> {
        if self.is_good()
            && let Some(made) = make()
        {
            return Ok(made);
        }
        Err(Complaint::Inside(self.reasons.take()))
    }
}

/// Falsy values are shown as null, and a huge one not at all.
fn shown(value: &Value) -> Value {
    match value {
        Value::Bool(false) => Value::Null,
        Value::Number(number) if number.as_f64() == Some(0.0) => Value::Null,
        Value::String(text) if text.is_empty() || text.len() > 1000 => Value::Null,
        Value::Array(_) | Value::Object(_) if value.to_string().len() > 1000 => Value::Null,
        other => other.clone(),
    }
}

/// Any value.
pub fn any(value: &Value) -> Result<Value, Complaint> {
    recorder::taken_for(value, Kind::Kept);
    Ok(value.clone())
}

/// A whole number, as a JSON number or as a text of digits with an optional minus sign.
pub fn number(value: &Value) -> Result<i64, Complaint> {
    strict_number(value)
        .or_else(|complaint| value.as_str().and_then(|text| text.parse().ok()).ok_or(complaint))
}

/// A whole number as a JSON number only.
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and in range")]
pub fn strict_number(value: &Value) -> Result<i64, Complaint> {
    const EXACT: f64 = 9_007_199_254_740_991.0;
    recorder::taken_for(value, Kind::Integer);
    let whole = |number: f64| (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64);
    value.as_i64().or_else(|| value.as_f64().and_then(whole)).ok_or("数値ではありません".into())
}

/// A number that names a catalog item.
pub fn code(value: &Value) -> Result<Code, Complaint> {
    number(value).map(Code)
}

/// `true`, `false`, or these words as a text in any case.
pub fn boolean(value: &Value) -> Result<bool, Complaint> {
    recorder::taken_for(value, Kind::Boolean);
    let word = |text: &str| match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    value.as_bool().or_else(|| value.as_str().and_then(word)).ok_or("真偽値ではありません".into())
}

/// A text, possibly empty. NUL, which PostgreSQL cannot store, is in no text.
pub fn any_text(value: &Value) -> Result<String, Complaint> {
    recorder::taken_for(value, Kind::Text);
    let text = value.as_str().ok_or(Complaint::from("文字列ではありません"))?;
    if text.contains('\0') {
        Err("使用できない文字が含まれています".into())
    } else {
        Ok(text.to_owned())
    }
}

/// A text that is not empty.
pub fn text(value: &Value) -> Result<String, Complaint> {
    let text = any_text(value)?;
    if text.is_empty() { Err("空にはできません".into()) } else { Ok(text) }
}

/// A text that is not empty and fits into a `varchar(255)` column.
pub fn short_text(value: &Value) -> Result<String, Complaint> {
    let text = text(value)?;
    if text.chars().count() > 255 {
        Err("255文字以内で指定してください".into())
    } else {
        Ok(text)
    }
}

/// An object with whatever is in it.
pub fn object(value: &Value) -> Result<Map<String, Value>, Complaint> {
    recorder::taken_for(value, Kind::Kept);
    value.as_object().cloned().ok_or(NOT_OBJECT.into())
}

/// A hash that a client made of a password: 64 hexadecimal digits in either case.
pub fn sha256(value: &Value) -> Result<String, Complaint> {
    recorder::taken_for(value, Kind::Format("sha256"));
    let text = any_text(value)?;
    let fits = text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    if fits { Ok(text) } else { Err("64桁の16進数ではありません".into()) }
}

/// A UUID in its usual text form.
pub fn uuid(value: &Value) -> Result<String, Complaint> {
    recorder::taken_for(value, Kind::Format("uuid"));
    let text = any_text(value)?;
    let groups = text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let hexadecimal = text.bytes().all(|sign| sign == b'-' || sign.is_ascii_hexdigit());
    if groups && hexadecimal { Ok(text) } else { Err("UUIDではありません".into()) }
}

/// A date and time with milliseconds and an offset.
pub fn instant(value: &Value) -> Result<Instant, Complaint> {
    recorder::taken_for(value, Kind::Format("date-time"));
    value.as_str().and_then(Instant::parse).ok_or("日時の形式が正しくありません".into())
}

/// `{"_value": n, "_ver": n}`, both required.
pub fn code_version(value: &Value) -> Result<CodeVersion, Complaint> {
    nested(value, |fields| {
        let code = fields.required("_value", number);
        let version = fields.required("_ver", number);
        fields.inside(|| Some(CodeVersion { value: Code(code?), ver: Version(version?) }))
    })
}

/// An object read by its own fields.
pub fn nested<'v, T>(
    value: &'v Value,
    read: impl FnOnce(&Fields<'v>) -> Result<T, Complaint>,
) -> Result<T, Complaint> {
    recorder::taken_for(value, Kind::Object);
    if value.is_object() { read(&Fields::of(value)) } else { Err(NOT_OBJECT.into()) }
}

/// An array whose elements all keep a rule; what is wrong in any of them is listed.
pub fn array<'v, T>(
    rule: impl Fn(&'v Value) -> Result<T, Complaint>,
) -> impl FnOnce(&'v Value) -> Result<Vec<T>, Complaint> {
    move |value| {
        recorder::taken_for(value, Kind::Array);
        let elements = value.as_array().ok_or(Complaint::from(NOT_ARRAY))?;
        let mut reasons = Vec::new();
        let mut good = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            let place = format!("[{index}]");
            match recorder::within_element(element, &rule) {
                Ok(element) => good.push(element),
                Err(Complaint::Inside(inside)) => {
                    reasons.extend(inside.into_iter().map(|reason| reason.within(&place)));
                }
                Err(Complaint::Value(message)) => {
                    reasons.push(Reason::new(index.to_string(), shown(element), message).within(&place));
                }
            }
        }
        if reasons.is_empty() { Ok(good) } else { Err(Complaint::Inside(reasons)) }
    }
}

/// One of a few words.
pub fn word(words: &'static [&'static str]) -> impl Fn(&Value) -> Result<&'static str, Complaint> {
    move |value| {
        recorder::taken_for(value, Kind::Words(words));
        let text = text(value)?;
        words.iter().find(|word| **word == text).copied().ok_or("指定できない値です".into())
    }
}

/// One of a few words or numbers.
pub fn one_of<'v, T: Copy>(
    rule: impl Fn(&'v Value) -> Result<T, Complaint>,
    allowed: impl Fn(T) -> bool,
) -> impl FnOnce(&'v Value) -> Result<T, Complaint> {
    move |value| {
        let found = rule(value)?;
        if allowed(found) { Ok(found) } else { Err("指定できない値です".into()) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_may_come_as_digits() {
        assert_eq!(number(&json!(" 1")).ok(), None);
        assert_eq!(number(&json!("-12")), Ok(-12));
        assert_eq!(number(&json!(3.0)), Ok(3));
        assert_eq!(number(&json!(3.5)).ok(), None);
        assert_eq!(strict_number(&json!("3")).ok(), None);
    }

    #[test]
    fn every_broken_field_is_listed_inside_arrays_too() {
        let body = json!({"roles": [{"_value": "x", "_ver": 1}, {"_value": 1}, 7]});
        let fields = Fields::of(&body);
        let roles = fields.optional("roles", array(code_version));
        let Err(ApiError::Fields(reasons)) = fields.build(|| Some(roles)) else { panic!("must be refused") };
        let names: Vec<_> = reasons.iter().map(|reason| reason.property.as_str()).collect();
        assert_eq!(names, ["_value", "_ver", "2"]);
    }

    #[test]
    fn every_reason_tells_where_its_field_is() {
        let body = json!({"a": 1, "b": {"c": {}, "d": [[1, "x"], 2]}});
        let fields = Fields::of(&body);
        fields.optional("a", text);
        fields.optional("b", |value| {
            nested(value, |inner| {
                inner.required("c", code_version);
                inner.optional("d", array(|row| array(number)(row)));
                let itself = vec![Reason::new("e", Value::Null, "x")];
                inner.complain("e", &Value::Null, Complaint::Inside(itself));
                inner.inside(|| Some(()))
            })
        });
        let Err(ApiError::Fields(reasons)) = fields.build(|| Some(())) else { panic!("must be refused") };
        let paths: Vec<_> = reasons.iter().map(|reason| reason.path.as_str()).collect();
        assert_eq!(paths, ["a", "b.c._value", "b.c._ver", "b.d[0][1]", "b.d[1]", "b.e"]);
        let shown = json!({"property": "a", "value": 1, "message": "文字列ではありません", "path": "a"});
        assert_eq!(json!(reasons[0]), shown);
    }

    #[test]
    fn no_text_holds_what_a_database_cannot_store() {
        assert_eq!(text(&json!("a\u{0}b")).ok(), None);
        assert_eq!(any_text(&json!("a\tb")).as_deref(), Ok("a\tb"));
    }

    #[test]
    fn null_is_like_absent() {
        let body = json!({"a": null});
        let fields = Fields::of(&body);
        assert_eq!(fields.optional("a", text), None);
        assert!(fields.is_good());
        assert_eq!(fields.required("a", text), None);
        assert!(!fields.is_good());
    }

    #[test]
    fn a_falsy_value_is_shown_as_null() {
        let body = json!({"a": ""});
        let fields = Fields::of(&body);
        let a = fields.required("a", text);
        let Err(ApiError::Fields(reasons)) = fields.build(|| a) else { panic!("must be refused") };
        assert_eq!(reasons[0].value, Value::Null);
    }
}
