//! The consent engine (spec: book-manage 4.1): values in, decisions out; no store, no clock, no network.
//!
//! - [`Definition`]: what an application wants to store or to receive, as one version of a catalog item says
//! - [`Operation`]: what a person agreed to or withdrew, as the tables hold it; [`agreements`] is what of it stands
//! - [`Agreement::reach`]: the version of the definition up to which an agreement goes
//! - [`may_store`], [`may_share`]: the decisions
//! - [`Restriction`]: what the storing actor itself forbids
//! - [`settings`]: all that is permitted, for people to read
//! - [`Subscription`]: who is told when data were stored

mod agreement;
mod decision;
mod definition;
mod exclusion;
mod restriction;
mod settings;
mod subscription;

use contract::catalog::Item;
use serde_json::Value;
use vocabulary::{Code, CodeVersion};

pub(crate) use definition::is_true;

pub use agreement::{Agreement, Asset, Consent, DataRow, Operation, agreements};
pub use decision::{Permission, may_share, may_store, things_of};
pub use definition::{Definition, Element, Wanted};
pub use exclusion::{Exclusions, data_rows};
pub use restriction::{Contradiction, Destination, Restriction, prohibiting};
pub use settings::settings;
pub use subscription::{Source, Subscription, told};

/// What an agreement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// An application stores data.
    Store,
    /// An application keeps receiving data that others stored.
    Share,
}

impl Purpose {
    /// The word for it in templates and in `data_operation.type`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Share => "share",
        }
    }
}

/// Kinds of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DataKind {
    Document,
    Event,
    Thing,
}

impl DataKind {
    pub const ALL: [Self; 3] = [Self::Document, Self::Event, Self::Thing];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Event => "event",
            Self::Thing => "thing",
        }
    }
}

/// One kind of data by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Datum {
    pub kind: DataKind,
    pub code: CodeVersion,
}

impl Datum {
    #[must_use]
    pub const fn new(kind: DataKind, code: CodeVersion) -> Self {
        Self { kind, code }
    }
}

/// The elements of an array member; none when it is absent or something else.
fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The codes of an array of codes, or of a single one. A code that cannot be read becomes one that nobody has:
/// a list that says who is meant must not turn into one that means everybody.
fn codes(value: &Value, key: &str) -> Vec<CodeVersion> {
    let number = |code: &Value, part: &str| {
        let part = code.get(part)?;
        part.as_i64().or_else(|| part.as_str()?.parse().ok())
    };
    let read = |code: &Value| {
        CodeVersion::new(number(code, "_value").unwrap_or(0), number(code, "_ver").unwrap_or(1))
    };
    match value.get(key) {
        Some(Value::Array(codes)) => codes.iter().map(read).collect(),
        Some(code @ Value::Object(_)) => vec![read(code)],
        _ => Vec::new(),
    }
}

/// The regions an application takes part in (`template.region-alliance`).
#[must_use]
pub fn regions_of(application: &Item) -> Vec<Code> {
    codes(&application.template, "region-alliance").into_iter().map(|region| region.value).collect()
}
