//! The scenario of the specs: `index.json` with its body files, read from where it lies.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Action, Capture, Check, Expectation, Request, Rule, Select, Step, Story, Where};

/// The scenario cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path}: {source}")]
    Json { path: PathBuf, source: serde_json::Error },
    #[error("step {step}: {reason}")]
    Step { step: String, reason: String },
}

#[derive(Debug, Deserialize)]
struct Index {
    title: String,
    variables: Map<String, Value>,
    steps: Vec<RawStep>,
}

#[derive(Debug, Deserialize)]
struct RawStep {
    id: String,
    phase: String,
    kind: Kind,
    block: String,
    #[serde(default)]
    effect: String,
    #[serde(default)]
    optional: bool,
    goal: Option<String>,
    batch: Option<String>,
    session: Option<String>,
    save_session: Option<String>,
    method: Option<String>,
    path: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, Option<String>>,
    body: Option<Value>,
    body_file: Option<String>,
    expect: Option<RawExpectation>,
    select: Option<RawSelect>,
    #[serde(default)]
    captures: BTreeMap<String, RawCapture>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Http,
    Negative,
    Batch,
    Ops,
}

#[derive(Debug, Deserialize)]
struct RawExpectation {
    status: OneOrMore,
    #[serde(default)]
    checks: Vec<Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(u16),
    More(Vec<u16>),
}

#[derive(Debug, Deserialize)]
struct RawSelect {
    array: String,
    #[serde(rename = "where")]
    clauses: Vec<Map<String, Value>>,
    #[serde(default)]
    pick: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RawCapture {
    Pointer(String),
    Regex { pointer: String, regex: String },
}

/// Reads the scenario in a folder.
pub fn read(folder: &Path) -> Result<Story, ScenarioError> {
    let index: Index = json(&folder.join("index.json"))?;
    let steps = index.steps.into_iter().map(|raw| step(folder, raw)).collect::<Result<_, _>>()?;
    Ok(Story { title: index.title, variables: index.variables, steps })
}

fn json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, ScenarioError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ScenarioError::File { path: path.to_owned(), source })?;
    serde_json::from_str(&text).map_err(|source| ScenarioError::Json { path: path.to_owned(), source })
}

fn step(folder: &Path, raw: RawStep) -> Result<Step, ScenarioError> {
    let (id, block) = (raw.id.clone(), raw.block.clone());
    let (phase, title, optional) = (raw.phase.clone(), raw.effect.clone(), raw.optional);
    let missing = |what: &str| ScenarioError::Step { step: id.clone(), reason: format!("{what} is missing") };
    let action = match raw.kind {
        Kind::Ops => {
            Action::Operate { goal: raw.goal.ok_or_else(|| missing("goal"))?, parameters: Map::new() }
        }
        Kind::Batch => Action::Batch(raw.batch.ok_or_else(|| missing("batch"))?),
        Kind::Http => Action::Call(request(folder, raw)?),
        Kind::Negative => Action::Refused(request(folder, raw)?),
    };
    Ok(Step { id, phase, title, block, action, optional, done_if: None })
}

fn request(folder: &Path, raw: RawStep) -> Result<Request, ScenarioError> {
    let id = raw.id;
    let wrong = |reason: &str| ScenarioError::Step { step: id.clone(), reason: reason.to_owned() };
    let body = match raw.body_file {
        Some(file) => Some(json(&folder.join(file))?),
        None => raw.body,
    };
    let expect = raw.expect.ok_or_else(|| wrong("expect is missing"))?;
    let rules = |clauses: Vec<Map<String, Value>>| {
        clauses.into_iter().map(|clause| pointer_and_rule(&clause)).collect::<Option<Vec<_>>>()
    };
    let checks = rules(expect.checks).ok_or_else(|| wrong("a check cannot be read"))?;
    let select = raw.select.map(|select| {
        let clauses = rules(select.clauses).ok_or_else(|| wrong("a clause cannot be read"))?;
        let clauses = clauses.into_iter().map(|(pointer, rule)| Where { pointer, rule }).collect();
        Ok::<_, ScenarioError>(Select { array: select.array, clauses, last: select.pick == "last" })
    });
    Ok(Request {
        method: raw.method.ok_or_else(|| wrong("method is missing"))?,
        path: raw.path.ok_or_else(|| wrong("path is missing"))?,
        session: raw.session,
        save_session: raw.save_session,
        headers: raw.headers,
        body,
        expect: Expectation {
            status: match expect.status {
                OneOrMore::One(status) => vec![status],
                OneOrMore::More(all) => all,
            },
            checks: checks.into_iter().map(|(pointer, rule)| Check { pointer, rule }).collect(),
        },
        select: select.transpose()?,
        captures: raw.captures.into_iter().map(|(name, capture)| (name, capture.into())).collect(),
    })
}

impl From<RawCapture> for Capture {
    fn from(raw: RawCapture) -> Self {
        match raw {
            RawCapture::Pointer(pointer) => Self { pointer, regex: None },
            RawCapture::Regex { pointer, regex } => Self { pointer, regex: Some(regex) },
        }
    }
}

fn pointer_and_rule(clause: &Map<String, Value>) -> Option<(String, Rule)> {
    let pointer = clause.get("pointer")?.as_str()?.to_owned();
    let (name, value) = clause.iter().find(|(name, _)| *name != "pointer")?;
    Some((pointer, rule(name, value)?))
}

/// A rule by its word.
pub(crate) fn rule(name: &str, value: &Value) -> Option<Rule> {
    Some(match name {
        "equals" => Rule::Equals(value.clone()),
        "equals_loose" => Rule::EqualsLoose(value.clone()),
        "regex" => Rule::Regex(value.as_str()?.to_owned()),
        "exists" => Rule::Exists(value.as_bool()?),
        "contains" => Rule::Contains(value.clone()),
        "contains_deep" => Rule::ContainsDeep(value.clone()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_scenario_can_be_read_where_it_is_present() {
        let shared = std::env::var_os("PXR_SHARED")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
        if !shared.join("scenario").exists() {
            eprintln!("the scenario is not present: left out");
            return;
        }
        let story = read(&shared.join("scenario")).unwrap();
        assert_eq!(story.steps.len(), 487);
    }
}
