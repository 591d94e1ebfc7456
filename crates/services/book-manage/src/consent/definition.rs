//! What an application wants to store or to receive.

use contract::catalog::Item;
use serde_json::Value;
use vocabulary::CodeVersion;

use super::{DataKind, Datum, Purpose, codes, list};

/// One version of a store or share definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    pub code: CodeVersion,
    pub elements: Vec<Element>,
}

/// One element of a definition: the unit in which definitions grow.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    pub id: String,
    pub documents: Vec<Wanted>,
    pub events: Vec<Wanted>,
    /// Things that belong to no event.
    pub things: Vec<Wanted>,
}

/// A kind of data that a definition names.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub code: CodeVersion,
    pub requires_consent: bool,
    /// Whose data are meant; anybody's when empty. For things of an event, the event says it.
    pub sources: Vec<CodeVersion>,
    /// The things of an event.
    pub things: Vec<CodeVersion>,
}

impl Definition {
    /// Reads a rendered catalog item; nothing when it defines nothing for that purpose.
    #[must_use]
    pub fn read(item: &Item, purpose: Purpose) -> Option<Self> {
        let elements = item.get(purpose.word())?.as_array()?;
        Some(Self { code: item.head.code, elements: elements.iter().map(Element::read).collect() })
    }

    pub(super) fn has_element(&self, id: &str) -> bool {
        self.elements.iter().any(|element| element.id == id)
    }

    /// Whether any element names the code, in whatever kind.
    pub(super) fn names(&self, code: CodeVersion) -> bool {
        DataKind::ALL.into_iter().any(|kind| !self.wanting(Datum::new(kind, code)).is_empty())
    }

    /// Everything that asks for the datum. For the things of an event that is the event.
    pub(super) fn wanting(&self, datum: Datum) -> Vec<&Wanted> {
        let is_it = |wanted: &&Wanted| wanted.code == datum.code;
        let mut found = Vec::new();
        for element in &self.elements {
            match datum.kind {
                DataKind::Document => found.extend(element.documents.iter().filter(is_it)),
                DataKind::Event => found.extend(element.events.iter().filter(is_it)),
                DataKind::Thing => {
                    found.extend(element.things.iter().filter(is_it));
                    found.extend(element.events.iter().filter(|event| event.things.contains(&datum.code)));
                }
            }
        }
        found
    }
}

impl Element {
    fn read(element: &Value) -> Self {
        let wanted = |kind: DataKind| list(element, kind.word()).iter().filter_map(Wanted::read).collect();
        Self {
            id: element.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(),
            documents: wanted(DataKind::Document),
            events: wanted(DataKind::Event),
            things: wanted(DataKind::Thing),
        }
    }

    /// Whether any of its kinds of data needs the person's word. What stands under an event does not count.
    pub(super) fn requires_consent(&self) -> bool {
        let all = self.documents.iter().chain(&self.events).chain(&self.things);
        all.into_iter().any(|wanted| wanted.requires_consent)
    }
}

impl Wanted {
    fn read(item: &Value) -> Option<Self> {
        let things = list(item, "thing").iter();
        Some(Self {
            code: CodeVersion::read(item.get("code")?)?,
            requires_consent: item.get("requireConsent").is_some_and(is_true),
            sources: codes(item, "sourceActor"),
            things: things.filter_map(|thing| CodeVersion::read(thing.get("code")?)).collect(),
        })
    }
}

/// Templates in the field write flags as booleans, numbers or texts.
pub(crate) fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Null => false,
        Value::Array(_) | Value::Object(_) => true,
    }
}
