//! What a route reads, found out from the code that reads it.
//!
//! [`crate::Input::read`] is pure, so it can be tried: [`probe`] runs it on made-up requests while [`recorder`]
//! listens to [`crate::Fields`] and its rules. Nothing has to be said twice, and nothing can drift.

mod probe;
pub(crate) mod recorder;
mod schema;
#[cfg(test)]
mod tests;
mod tree;

use serde_json::{Map, Value};

use crate::Input;

/// What a rule takes a value for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A text of a known form: the `format` of the schema.
    Format(&'static str),
    Words(&'static [&'static str]),
    Integer,
    Boolean,
    /// An object of fields.
    Object,
    /// An object or anything else that is kept as it came.
    Kept,
    Array,
}

/// What the body of a request is, where it is not JSON that is read by fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    Fields,
    /// A piece of a file.
    Bytes,
    /// Whatever another service takes.
    Foreign,
}

/// Something a request may say.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub name: String,
    pub required: bool,
    pub schema: Value,
}

/// What an [`Input`] reads. Which parameters stand in the path is known from the route.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Parts of the path and the query.
    pub parameters: Vec<Parameter>,
    pub headers: Vec<String>,
    /// The schema of a JSON body; none when nothing of a body is read.
    pub body: Option<Value>,
}

impl Description {
    /// Finds out what an input reads.
    #[must_use]
    pub fn of<I: Input>() -> Self {
        probe::explore(&|incoming| I::read(incoming).map(drop))
    }
}

/// Steps from the request to a value: names of fields, and [`ELEMENT`].
type Path = Vec<String>;

/// The step from an array to any of its elements.
const ELEMENT: &str = "[]";

/// The first steps of all paths.
/// Parts of the path and the query, where both are read alike.
const PARAMETERS: &str = "parameters";
const PATH: &str = "path";
const HEADERS: &str = "headers";
const BODY: &str = "body";

/// The member by which made-up objects say where they stand, also when they were copied. No field has such a name.
const MARK: &str = "\u{1}place";

fn mark(path: &[String]) -> Map<String, Value> {
    Map::from_iter([(MARK.to_owned(), Value::from(path.to_vec()))])
}

fn place(object: &Map<String, Value>) -> Option<Path> {
    let steps = object.get(MARK)?.as_array()?;
    steps.iter().map(|step| step.as_str().map(str::to_owned)).collect()
}
