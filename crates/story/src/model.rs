//! What a story consists of. Texts may hold placeholders; [`crate::Variables`] fills them in.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A story: what is known at its beginning, and its steps in order.
#[derive(Clone, Debug, Default)]
pub struct Story {
    pub title: String,
    pub variables: Map<String, Value>,
    pub steps: Vec<Step>,
}

/// One step of a story.
#[derive(Clone, Debug)]
pub struct Step {
    /// Unique in its story.
    pub id: String,
    /// The chapter it stands in.
    pub phase: String,
    pub title: String,
    /// The block it happens at, or the outside (`infra`).
    pub block: String,
    pub action: Action,
    /// A story may go on without it.
    pub optional: bool,
    /// How to see that the step was done already, when the story was interrupted in it.
    pub done_if: Option<Done>,
}

#[derive(Clone, Debug)]
pub enum Action {
    /// A call that must succeed as expected.
    Call(Request),
    /// A call that must be refused: any 4xx passes, another one than expected is reported.
    Refused(Request),
    /// A batch, run once.
    Batch(String),
    /// What no client can do: the stage does it. The text says what to reach, or names it.
    Operate { goal: String, parameters: Map<String, Value> },
}

/// A call and what must come of it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    /// The exact request target.
    pub path: String,
    /// Whose cookies are sent.
    pub session: Option<String>,
    /// The name under which the cookies of the answer are kept: this is a login.
    pub save_session: Option<String>,
    /// Headers to add or replace; null leaves one out.
    pub headers: BTreeMap<String, Option<String>>,
    pub body: Option<Value>,
    pub expect: Expectation,
    pub select: Option<Select>,
    pub captures: BTreeMap<String, Capture>,
}

#[derive(Clone, Debug, Default)]
pub struct Expectation {
    /// Any of these; none given means 200.
    pub status: Vec<u16>,
    pub checks: Vec<Check>,
}

/// A rule about the value at a JSON pointer of the answer (the empty pointer: all of it).
#[derive(Clone, Debug)]
pub struct Check {
    pub pointer: String,
    pub rule: Rule,
}

#[derive(Clone, Debug)]
pub enum Rule {
    Equals(Value),
    /// Numeric texts equal numbers.
    EqualsLoose(Value),
    Regex(String),
    Exists(bool),
    /// The array has an element of which this is a recursive subset.
    Contains(Value),
    /// Any object at any depth has this as a recursive subset.
    ContainsDeep(Value),
}

/// Picks the first or last element of an array that fulfils all clauses; checks and captures then look at it.
#[derive(Clone, Debug)]
pub struct Select {
    pub array: String,
    pub clauses: Vec<Where>,
    pub last: bool,
}

#[derive(Clone, Debug)]
pub struct Where {
    pub pointer: String,
    pub rule: Rule,
}

/// Where the value of a variable is found in an answer.
#[derive(Clone, Debug)]
pub struct Capture {
    pub pointer: String,
    /// The first group of this expression, instead of the whole text.
    pub regex: Option<String>,
}

/// A question whose answer shows that a step was done; its captures replace the step's.
#[derive(Clone, Debug)]
pub struct Done {
    pub block: String,
    pub request: Request,
}
