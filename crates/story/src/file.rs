//! Our own stories: TOML files, one a chapter, that can be read as a story.
//!
//! ```toml
//! phase = "2 基盤の構築"
//!
//! [variables]
//! root_login = "root"
//!
//! [lists]
//! apps = [{ app = "app1" }, { app = "app2" }]
//!
//! [[step]]
//! id = "<app>.block"                       # <app> comes from the list
//! each = "apps"                            # the step stands once for each entry
//! title = "…"
//! block = "root"
//! as = "root"                              # whose session
//! call = "POST own /catalog/ext"           # method, way, target
//! body = '{ "catalogItem": { … } }'        # JSON with placeholders
//! check = { "/catalogItem/_code/_ver" = 1 }
//! take = { "<app>_block_code" = "/catalogItem/_code/_value" }
//! done_if = { call = "GET own /catalog?ns=…", pick = { "/template/id" = "…" }, take = { … } }
//! # `block` and `as` in `done_if`: where and as whom to ask, if not as the step itself
//! ```
//!
//! Ways: `direct` (the path as it is), `own` (through the block's proxy to its own services), `root` (to the
//! root block), `ind` (a resident, to the root block). A rule is a value (equal) or one of `{ equals_loose = … }`,
//! `{ regex = … }`, `{ exists = … }`, `{ contains = … }`, `{ contains_deep = … }`.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{Action, Capture, Check, Done, Expectation, Request, Rule, Select, Step, Story, Where};

/// What JavaScript's `encodeURIComponent` leaves as it is.
const URI_COMPONENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'!').remove(b'~').remove(b'*');

/// A story file that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StoryFileError {
    #[error("a chapter is not well-formed: {0}")]
    Toml(#[from] toml::de::Error),
    #[error("step {step}: {reason}")]
    Step { step: String, reason: String },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chapter {
    #[serde(default)]
    title: String,
    phase: String,
    #[serde(default)]
    variables: Map<String, Value>,
    #[serde(default)]
    lists: BTreeMap<String, Vec<BTreeMap<String, Value>>>,
    #[serde(default)]
    step: Vec<Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    #[serde(rename = "id")]
    _id: String,
    title: String,
    block: String,
    #[serde(default)]
    optional: bool,
    operate: Option<String>,
    #[serde(default)]
    with: Map<String, Value>,
    batch: Option<String>,
    /// A login: the name of the session, which is also the beginning of `…_login` and `…_password`.
    login: Option<String>,
    /// Operator type of a login; default 3.
    #[serde(rename = "type", default = "member")]
    operator_type: i64,
    #[serde(rename = "as")]
    session: Option<String>,
    /// The call must be refused, with this status.
    refused: Option<u16>,
    done_if: Option<RawCall>,
    call: Option<String>,
    body: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    check: Map<String, Value>,
    pick: Option<Map<String, Value>>,
    #[serde(default)]
    take: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCall {
    call: String,
    /// For a question: where and as whom it is asked, if not as the step itself.
    block: Option<String>,
    #[serde(rename = "as")]
    session: Option<String>,
    body: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    check: Map<String, Value>,
    pick: Option<Map<String, Value>>,
    #[serde(default)]
    take: BTreeMap<String, String>,
}

const fn member() -> i64 {
    3
}

impl Story {
    /// Reads the chapters of a story, in order. Variables and lists of a chapter are known from there on.
    pub fn read(chapters: &[&str]) -> Result<Self, StoryFileError> {
        let mut story = Self::default();
        let mut lists = BTreeMap::new();
        for text in chapters {
            let chapter: Chapter = toml::from_str(text)?;
            if !chapter.title.is_empty() {
                story.title = chapter.title;
            }
            story.variables.extend(chapter.variables);
            lists.extend(chapter.lists);
            for step in chapter.step {
                for step in expanded(step, &lists)? {
                    story.steps.push(read_step(&chapter.phase, step)?);
                }
            }
        }
        Ok(story)
    }
}

/// The step once for each entry of the list it names, `<key>` replaced by the entry's values everywhere.
fn expanded(
    mut step: Map<String, Value>,
    lists: &BTreeMap<String, Vec<BTreeMap<String, Value>>>,
) -> Result<Vec<Value>, StoryFileError> {
    let id = step.get("id").map(ToString::to_string).unwrap_or_default();
    let Some(each) = step.remove("each") else { return Ok(vec![Value::Object(step)]) };
    let list = each.as_str().and_then(|name| lists.get(name));
    let list = list.ok_or_else(|| wrong(&id, format!("there is no list {each}")))?;
    Ok(list.iter().map(|entry| replaced(&Value::Object(step.clone()), entry)).collect())
}

fn replaced(value: &Value, entry: &BTreeMap<String, Value>) -> Value {
    let fill = |text: &str| {
        entry.iter().fold(text.to_owned(), |text, (key, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text.replace(&format!("<{key}>"), &value)
        })
    };
    match value {
        Value::String(text) => Value::String(fill(text)),
        Value::Array(elements) => elements.iter().map(|element| replaced(element, entry)).collect(),
        Value::Object(object) => {
            Value::Object(object.iter().map(|(key, value)| (fill(key), replaced(value, entry))).collect())
        }
        other => other.clone(),
    }
}

fn read_step(phase: &str, value: Value) -> Result<Step, StoryFileError> {
    let id = value["id"].as_str().unwrap_or("?").to_owned();
    let raw: RawStep = serde_json::from_value(value).map_err(|error| wrong(&id, error.to_string()))?;
    let done_if = raw.done_if.as_ref().map(|question| done(&id, question, &raw)).transpose()?;
    let (title, block, optional) = (raw.title.clone(), raw.block.clone(), raw.optional);
    Ok(Step {
        id: id.clone(),
        phase: phase.to_owned(),
        title,
        block,
        optional,
        done_if,
        action: action(&id, raw)?,
    })
}

fn done(id: &str, question: &RawCall, step: &RawStep) -> Result<Done, StoryFileError> {
    let session = question.session.clone().or_else(|| step.session.clone());
    let block = question.block.clone().unwrap_or_else(|| step.block.clone());
    Ok(Done { block, request: request(id, question, session)? })
}

fn action(id: &str, raw: RawStep) -> Result<Action, StoryFileError> {
    if let Some(goal) = raw.operate {
        return Ok(Action::Operate { goal, parameters: raw.with });
    }
    if let Some(name) = raw.batch {
        return Ok(Action::Batch(name));
    }
    if let Some(session) = raw.login {
        return Ok(Action::Call(login(&session, raw.operator_type, read_checks(id, &raw.check)?)));
    }
    let call =
        raw.call.ok_or_else(|| wrong(id, "it does nothing: call, login, operate or batch is missing"))?;
    let call = RawCall {
        call,
        block: None,
        session: None,
        body: raw.body,
        headers: raw.headers,
        check: raw.check,
        pick: raw.pick,
        take: raw.take,
    };
    let mut request = request(id, &call, raw.session)?;
    match raw.refused {
        Some(status) => {
            request.expect.status = vec![status];
            Ok(Action::Refused(request))
        }
        None => Ok(Action::Call(request)),
    }
}

fn login(session: &str, operator_type: i64, checks: Vec<Check>) -> Request {
    let path = if operator_type == 0 { "/operator/operator/ind/login" } else { "/operator/operator/login" };
    Request {
        method: "POST".to_owned(),
        path: path.to_owned(),
        save_session: Some(session.to_owned()),
        body: Some(json!({
            "type": operator_type,
            "loginId": format!("{{{{{session}_login}}}}"),
            "hpassword": format!("{{{{hp:{session}_password}}}}"),
        })),
        expect: Expectation { status: vec![200], checks },
        ..Request::default()
    }
}

fn request(id: &str, raw: &RawCall, session: Option<String>) -> Result<Request, StoryFileError> {
    let mut words = raw.call.splitn(3, ' ');
    let (Some(method), Some(way), Some(target)) = (words.next(), words.next(), words.next()) else {
        return Err(wrong(id, format!("{:?} is not `METHOD way target`", raw.call)));
    };
    let body = raw.body.as_deref().map(serde_json::from_str).transpose();
    let headers =
        raw.headers.iter().map(|(name, value)| (name.clone(), (!value.is_empty()).then(|| value.clone())));
    Ok(Request {
        method: method.to_owned(),
        path: path(id, way, target)?,
        session,
        save_session: None,
        headers: headers.collect(),
        body: body.map_err(|error| wrong(id, format!("its body is not JSON: {error}")))?,
        expect: Expectation { status: Vec::new(), checks: read_checks(id, &raw.check)? },
        select: raw.pick.as_ref().map(|clauses| select(id, clauses)).transpose()?,
        captures: raw.take.iter().map(|(name, pointer)| (name.clone(), capture(pointer))).collect(),
    })
}

fn path(id: &str, way: &str, target: &str) -> Result<String, StoryFileError> {
    let proxied = |query: &str| format!("/pxr-block-proxy/pxr-block-proxy/{query}path={}", encoded(target));
    match way {
        "direct" => Ok(target.to_owned()),
        "own" => Ok(proxied("?")),
        "root" => Ok(proxied("?block=$pxr-root-block&")),
        "ind" => Ok(proxied("ind/?block=$pxr-root-block&")),
        other => Err(wrong(id, format!("{other:?} is not a way: direct, own, root or ind"))),
    }
}

/// Percent-encodes everything but the placeholders, which stand for digits, UUIDs and plain names.
fn encoded(target: &str) -> String {
    let mut rest = target;
    let mut encoded = String::new();
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        encoded.push_str(&utf8_percent_encode(before, URI_COMPONENT).to_string());
        encoded.extend(["{{", name, "}}"]);
        rest = after;
    }
    encoded + &utf8_percent_encode(rest, URI_COMPONENT).to_string()
}

fn read_checks(id: &str, checks: &Map<String, Value>) -> Result<Vec<Check>, StoryFileError> {
    checks
        .iter()
        .map(|(pointer, value)| Ok(Check { pointer: pointer.clone(), rule: rule(id, value)? }))
        .collect()
}

fn select(id: &str, clauses: &Map<String, Value>) -> Result<Select, StoryFileError> {
    let clauses =
        clauses.iter().map(|(pointer, value)| Ok(Where { pointer: pointer.clone(), rule: rule(id, value)? }));
    Ok(Select { array: String::new(), clauses: clauses.collect::<Result<_, StoryFileError>>()?, last: false })
}

fn rule(id: &str, value: &Value) -> Result<Rule, StoryFileError> {
    let Some(object) = value.as_object() else { return Ok(Rule::Equals(value.clone())) };
    let mut entries = object.iter();
    let (Some((name, value)), None) = (entries.next(), entries.next()) else {
        return Err(wrong(id, "a rule has exactly one word"));
    };
    crate::scenario::rule(name, value).ok_or_else(|| wrong(id, format!("{name:?} is not a rule")))
}

/// `pointer`, or `pointer ~ regex` for its first group.
fn capture(text: &str) -> Capture {
    match text.split_once(" ~ ") {
        Some((pointer, regex)) => Capture { pointer: pointer.to_owned(), regex: Some(regex.to_owned()) },
        None => Capture { pointer: text.to_owned(), regex: None },
    }
}

fn wrong(step: &str, reason: impl Into<String>) -> StoryFileError {
    StoryFileError::Step { step: step.to_owned(), reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_stands_once_for_each_entry_of_its_list() {
        let story = Story::read(&[r#"
            phase = "1"
            [lists]
            apps = [{ app = "app1" }, { app = "app2" }]
            [[step]]
            id = "<app>.item"
            each = "apps"
            title = "…"
            block = "root"
            as = "root"
            call = "GET root /catalog/{{<app>_code}}?a=b/c"
            check = { "/x" = { regex = "^<app>$" } }
        "#])
        .unwrap();
        let ids: Vec<_> = story.steps.iter().map(|step| step.id.as_str()).collect();
        assert_eq!(ids, ["app1.item", "app2.item"]);
        let Action::Call(request) = &story.steps[1].action else { panic!("a call") };
        assert_eq!(
            request.path,
            "/pxr-block-proxy/pxr-block-proxy/?block=$pxr-root-block&path=%2Fcatalog%2F{{app2_code}}%3Fa%3Db%2Fc"
                .replace("b/c", "b%2Fc")
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_the_step() {
        let step = |rest: &str| {
            let text =
                format!("phase = \"1\"\n[[step]]\nid = \"s\"\ntitle = \"t\"\nblock = \"root\"\n{rest}");
            Story::read(&[&text]).unwrap_err().to_string()
        };
        assert!(step("call = \"GET nowhere /x\"").contains("nowhere"));
        assert!(step("call = \"GET own /x\"\nbody = \"{\"").contains("JSON"));
        assert!(step("unknown = 1").contains("unknown"));
        assert!(step("").contains("does nothing"));
    }
}
