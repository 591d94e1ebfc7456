//! What must hold of an answer, and what is remembered of it.

use regex::Regex;
use serde_json::Value;
use vocabulary::Instant;

use crate::{
    Check, Rule, Select, Variables, VariablesError,
    model::{Capture, Request},
};

/// How an answer differs from what the story expects.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Mismatch {
    #[error("status {found} instead of {expected:?}: {body}")]
    Status { expected: Vec<u16>, found: u16, body: String },
    #[error("{pointer:?} is {found}, expected {expected}")]
    Check { pointer: String, expected: String, found: String },
    #[error("no element of {array:?} is the one that the story looks for")]
    Select { array: String },
    #[error("there is nothing at {pointer:?} for the variable {variable:?}")]
    Capture { variable: String, pointer: String },
    #[error("{0:?} is not a regular expression")]
    Regex(String),
    #[error(transparent)]
    Variables(#[from] VariablesError),
}

/// An answer as a client sees it.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    /// Null when the body is no JSON.
    pub body: Value,
    pub text: String,
}

impl Reply {
    pub(crate) fn status_fits(&self, request: &Request) -> Result<(), Mismatch> {
        let expected =
            if request.expect.status.is_empty() { vec![200] } else { request.expect.status.clone() };
        if expected.contains(&self.status) {
            return Ok(());
        }
        Err(Mismatch::Status { expected, found: self.status, body: self.text.chars().take(500).collect() })
    }

    /// Checks the answer and gives the variables that the request captures of it.
    pub(crate) fn examine(
        &self,
        request: &Request,
        variables: &Variables,
        now: Instant,
    ) -> Result<Vec<(String, Value)>, Mismatch> {
        let subject = match &request.select {
            Some(select) => self.selected(select, variables, now)?,
            None => &self.body,
        };
        for check in &request.expect.checks {
            examine(subject, check, variables, now)?;
        }
        request.captures.iter().map(|(name, capture)| captured(subject, name, capture)).collect()
    }

    fn selected(&self, select: &Select, variables: &Variables, now: Instant) -> Result<&Value, Mismatch> {
        let elements =
            self.body.pointer(&select.array).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut fitting = Vec::new();
        for element in elements {
            let mut fits = true;
            for clause in &select.clauses {
                fits = fits && holds(element.pointer(&clause.pointer), &clause.rule, variables, now)?;
            }
            if fits {
                fitting.push(element);
            }
        }
        let found = if select.last { fitting.last() } else { fitting.first() };
        found.copied().ok_or_else(|| Mismatch::Select { array: select.array.clone() })
    }
}

fn examine(subject: &Value, check: &Check, variables: &Variables, now: Instant) -> Result<(), Mismatch> {
    let found = subject.pointer(&check.pointer);
    if holds(found, &check.rule, variables, now)? {
        return Ok(());
    }
    let found = found.map_or_else(|| "absent".to_owned(), ToString::to_string);
    Err(Mismatch::Check {
        pointer: check.pointer.clone(),
        expected: format!("{:?}", check.rule),
        found: found.chars().take(500).collect(),
    })
}

fn holds(found: Option<&Value>, rule: &Rule, variables: &Variables, now: Instant) -> Result<bool, Mismatch> {
    let null = Value::Null;
    let value = found.unwrap_or(&null);
    let filled = |value: &Value| variables.fill_json(value, now);
    Ok(match rule {
        Rule::Equals(expected) => *value == filled(expected)?,
        Rule::EqualsLoose(expected) => loosely_equal(value, &filled(expected)?),
        Rule::Exists(expected) => found.is_some_and(|value| !value.is_null()) == *expected,
        Rule::Contains(expected) => {
            let expected = filled(expected)?;
            value
                .as_array()
                .is_some_and(|elements| elements.iter().any(|element| is_subset(&expected, element)))
        }
        Rule::ContainsDeep(expected) => contains_deep(value, &filled(expected)?),
        Rule::Regex(pattern) => {
            let regex = Regex::new(pattern).map_err(|_| Mismatch::Regex(pattern.clone()))?;
            value.as_str().map_or_else(|| regex.is_match(&value.to_string()), |text| regex.is_match(text))
        }
    })
}

fn captured(subject: &Value, name: &str, capture: &Capture) -> Result<(String, Value), Mismatch> {
    let missing = || Mismatch::Capture { variable: name.to_owned(), pointer: capture.pointer.clone() };
    let found = subject.pointer(&capture.pointer).filter(|value| !value.is_null()).ok_or_else(missing)?;
    let Some(pattern) = &capture.regex else { return Ok((name.to_owned(), found.clone())) };
    let regex = Regex::new(pattern).map_err(|_| Mismatch::Regex(pattern.clone()))?;
    let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
    let group = regex.captures(&text).and_then(|groups| groups.get(1)).ok_or_else(missing)?;
    Ok((name.to_owned(), group.as_str().into()))
}

fn loosely_equal(left: &Value, right: &Value) -> bool {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    left == right || text(left) == text(right)
}

/// Whether everything in `part` is in `whole`, too.
fn is_subset(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|other| is_subset(value, other)))
        }
        (Value::Array(part), Value::Array(whole)) => {
            part.iter().all(|value| whole.iter().any(|other| is_subset(value, other)))
        }
        (part, whole) => part == whole,
    }
}

fn contains_deep(whole: &Value, part: &Value) -> bool {
    let inside = match whole {
        Value::Object(object) => object.values().any(|value| contains_deep(value, part)),
        Value::Array(elements) => elements.iter().any(|value| contains_deep(value, part)),
        _ => false,
    };
    inside || whole.is_object() && is_subset(part, whole)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds_for(value: &Value, rule: &Rule) -> bool {
        let now = Instant::parse("2026-01-02T03:04:05.678+0900").unwrap();
        holds(Some(value), rule, &Variables::default(), now).unwrap()
    }

    #[test]
    fn rules_hold_where_they_should_and_only_there() {
        let list = json!([{"a": {"b": 1, "c": 2}}, {"a": 3}]);
        assert!(holds_for(&list, &Rule::Contains(json!({"a": {"b": 1}}))));
        assert!(!holds_for(&list, &Rule::Contains(json!({"b": 1}))));
        assert!(holds_for(&list, &Rule::ContainsDeep(json!({"b": 1}))));
        assert!(!holds_for(&list, &Rule::ContainsDeep(json!({"b": 2}))));
        assert!(holds_for(&json!("5"), &Rule::EqualsLoose(json!(5))));
        assert!(!holds_for(&json!("5"), &Rule::Equals(json!(5))));
        assert!(holds_for(&json!("abc"), &Rule::Regex("^a.c$".into())));
        assert!(holds_for(&Value::Null, &Rule::Exists(false)));
    }
}
