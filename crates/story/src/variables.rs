//! The memory of a story: named values, and how they get into paths, headers and bodies.

use chrono::TimeDelta;
use serde_json::{Map, Value};
use vocabulary::{Instant, TimeZone, password::ClientHash};

/// A text refers to something that the story does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VariablesError {
    #[error("the variable {0:?} is not known at this point of the story")]
    Unknown(String),
    #[error("{0:?} is not a placeholder")]
    Placeholder(String),
}

/// Named values.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    values: Map<String, Value>,
}

impl Variables {
    #[must_use]
    pub const fn new(values: Map<String, Value>) -> Self {
        Self { values }
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// All of them, in the order in which they became known.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The value as text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(as_text)
    }

    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.values.insert(name.into(), value.into());
    }

    /// How clients of this story's platform hash passwords: `password_salt`, `password_stretch`.
    #[must_use]
    pub fn client_hash(&self) -> ClientHash {
        let stretch =
            self.get("password_stretch").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
        let default = ClientHash::default();
        ClientHash {
            salt: self.text("password_salt").unwrap_or(default.salt),
            stretch: stretch.unwrap_or(default.stretch),
        }
    }

    /// A text with its placeholders filled in.
    pub fn fill(&self, text: &str, now: Instant) -> Result<String, VariablesError> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) =
                after.split_once("}}").ok_or_else(|| VariablesError::Placeholder(text.to_owned()))?;
            filled.push_str(before);
            filled.push_str(&as_text(&self.resolve(name, now)?));
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// A JSON value with its placeholders filled in. A text that is one placeholder becomes the value with its
    /// type; `{"$concat": [a, b]}` becomes the concatenation of the arrays.
    pub fn fill_json(&self, value: &Value, now: Instant) -> Result<Value, VariablesError> {
        Ok(match value {
            Value::String(text) => match alone(text) {
                Some(name) => self.resolve(name, now)?,
                None => Value::String(self.fill(text, now)?),
            },
            Value::Array(elements) => {
                elements.iter().map(|element| self.fill_json(element, now)).collect::<Result<_, _>>()?
            }
            Value::Object(object) => match object.get("$concat") {
                Some(Value::Array(parts)) => self.concatenated(parts, now)?,
                _ => {
                    let filled = object
                        .iter()
                        .map(|(key, value)| Ok((self.fill(key, now)?, self.fill_json(value, now)?)));
                    Value::Object(filled.collect::<Result<_, _>>()?)
                }
            },
            other => other.clone(),
        })
    }

    fn concatenated(&self, parts: &[Value], now: Instant) -> Result<Value, VariablesError> {
        let mut all = Vec::new();
        for part in parts {
            match self.fill_json(part, now)? {
                Value::Array(elements) => all.extend(elements),
                Value::Null => {}
                other => all.push(other),
            }
        }
        Ok(Value::Array(all))
    }

    fn resolve(&self, name: &str, now: Instant) -> Result<Value, VariablesError> {
        let known = |name: &str| self.get(name).ok_or_else(|| VariablesError::Unknown(name.to_owned()));
        if let Some(password) = name.strip_prefix("hp:") {
            return Ok(self.client_hash().of(&as_text(known(password)?)).into());
        }
        if let Some(offset) = name.strip_prefix("dt:") {
            let delta = delta(offset).ok_or_else(|| VariablesError::Placeholder(name.to_owned()))?;
            return Ok(TimeZone::TOKYO.text(now + delta).into());
        }
        known(name).cloned()
    }
}

/// The name, when a text consists of one placeholder only.
fn alone(text: &str) -> Option<&str> {
    let name = text.strip_prefix("{{")?.strip_suffix("}}")?;
    (!name.contains("{{") && !name.contains("}}")).then_some(name)
}

/// `+1d`, `-30m`, `+2h`, `+10s`.
fn delta(text: &str) -> Option<TimeDelta> {
    let number: i64 = text.get(..text.len().checked_sub(1)?)?.parse().ok()?;
    match text.chars().next_back()? {
        'd' => TimeDelta::try_days(number),
        'h' => TimeDelta::try_hours(number),
        'm' => TimeDelta::try_minutes(number),
        's' => TimeDelta::try_seconds(number),
        _ => None,
    }
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn variables() -> Variables {
        let Value::Object(values) = json!({
            "code": 7, "name": "a", "list": [1], "password": "p", "password_salt": "s", "password_stretch": 1,
        }) else {
            panic!("an object")
        };
        Variables::new(values)
    }

    fn now() -> Instant {
        Instant::parse("2026-01-02T03:04:05.678+0900").unwrap()
    }

    #[test]
    fn a_placeholder_alone_keeps_its_type_and_one_in_a_text_becomes_text() {
        let body = json!({"a": "{{code}}", "b": "x{{code}}", "{{name}}": {"$concat": ["{{list}}", [2]]}});
        let filled = variables().fill_json(&body, now()).unwrap();
        assert_eq!(filled, json!({"a": 7, "b": "x7", "a": [1, 2]}));
    }

    #[test]
    fn passwords_are_hashed_and_dates_are_relative() {
        let variables = variables();
        assert_eq!(variables.fill("{{hp:password}}", now()).unwrap(), variables.client_hash().of("p"));
        assert_eq!(variables.fill("{{dt:+1d}}", now()).unwrap(), "2026-01-03T03:04:05.678+0900");
        assert_eq!(variables.fill("{{dt:-5m}}", now()).unwrap(), "2026-01-02T02:59:05.678+0900");
    }

    #[test]
    fn an_unknown_name_is_named() {
        assert_eq!(variables().fill("{{other}}", now()), Err(VariablesError::Unknown("other".into())));
    }
}
