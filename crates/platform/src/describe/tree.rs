//! What is known about the values of a request, and what is sent to learn more.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{BODY, ELEMENT, Kind, Path, mark, recorder::Notice};

/// What a made-up value is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sample {
    Text(&'static str),
    Number(i64),
    Boolean(bool),
    Object,
    Array,
}

use Sample::{Array, Boolean, Number, Object, Text};

const DATE_TIME: &str = "2026-01-02T03:04:05.678+0900";
const UUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
const HASH: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// Tried one after the other on what no rule said anything about.
pub(super) const UNKNOWN: [Sample; 8] =
    [Text("a"), Number(1), Boolean(true), Object, Array, Text(DATE_TIME), Text("2026-01-02"), Number(0)];
const TEXTS: [Sample; 8] = [
    Text("a"),
    Text("1"),
    Text(DATE_TIME),
    Text("2026-01-02"),
    Text("abcdef"),
    Text("/a/b"),
    Text("true"),
    Text(UUID),
];
const NUMBERS: [Sample; 6] = [Number(1), Number(0), Number(2), Number(3), Number(20), Number(1_000_001)];

fn samples(kind: Option<Kind>) -> &'static [Sample] {
    match kind {
        None => &UNKNOWN,
        Some(Kind::Text) => &TEXTS,
        Some(Kind::Format("date-time")) => &[Text(DATE_TIME)],
        Some(Kind::Format("sha256")) => &[Text(HASH)],
        Some(Kind::Format(_)) => &[Text(UUID)],
        Some(Kind::Words(_)) => &[],
        Some(Kind::Integer) => &NUMBERS,
        Some(Kind::Boolean) => &[Boolean(true), Boolean(false)],
        Some(Kind::Object | Kind::Kept) => &[Object],
        Some(Kind::Array) => &[Array],
    }
}

/// Whether a value must be there, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Need {
    #[default]
    Unknown,
    Always,
    Sometimes,
}

/// What is known about a value of a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    need: Need,
    pub(super) kind: Option<Kind>,
    /// In the order in which they were asked for.
    pub(super) children: Vec<Node>,
    /// Which of the samples is sent.
    pub(super) sample: usize,
    /// Whether the last request taught its kind.
    is_new_kind: bool,
    pub(super) is_accepted: bool,
    /// Sent instead of a sample.
    pub(super) pinned: Option<Value>,
    /// The only values that are accepted, as far as there are few.
    pub(super) allowed: Vec<Value>,
    pub(super) minimum: Option<i64>,
    /// Whatever else is in an object is kept, too.
    pub(super) is_kept: bool,
}

/// Deeper ones are not looked into: some things hold things of their own kind.
const DEEPEST: usize = 12;

impl Node {
    pub(super) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    fn child_or_new(&mut self, name: &str) -> (&mut Node, bool) {
        let found = self.children.iter().position(|child| child.name == name);
        let index = found.unwrap_or_else(|| {
            self.children.push(Self { name: name.to_owned(), ..Self::default() });
            self.children.len() - 1
        });
        (&mut self.children[index], found.is_none())
    }

    pub(super) fn at(&mut self, path: &[String]) -> (&mut Node, bool) {
        let mut node = (self, false);
        for step in path {
            let (child, is_new) = node.0.child_or_new(step);
            node = (child, node.1 || is_new);
        }
        node
    }

    pub(super) fn is_required(&self) -> bool {
        self.need == Need::Always
    }

    pub(super) fn sample(&self) -> Option<Sample> {
        let all = samples(self.kind);
        all.get(self.sample.min(all.len().saturating_sub(1))).copied()
    }

    /// The value to be sent.
    pub(super) fn value(&self, path: &mut Path) -> Value {
        if let Some(pinned) = &self.pinned {
            return pinned.clone();
        }
        if let Some(Kind::Words(words)) = self.kind {
            return words.first().copied().into();
        }
        match self.sample() {
            Some(Text(text)) => text.into(),
            Some(Number(number)) => number.into(),
            Some(Boolean(is)) => is.into(),
            Some(Object) => self.object(path),
            Some(Array) => {
                path.push(ELEMENT.to_owned());
                // Elements are objects until something else is learned.
                let element = match self.child(ELEMENT) {
                    Some(node) => node.value(path),
                    None => mark(path).into(),
                };
                path.pop();
                json!([element])
            }
            None => Value::Null,
        }
    }

    fn object(&self, path: &mut Path) -> Value {
        let mut object = mark(path);
        for child in self.children.iter().filter(|child| child.name != ELEMENT) {
            path.push(child.name.clone());
            object.insert(child.name.clone(), child.value(path));
            path.pop();
        }
        object.into()
    }

    /// Learns something; says whether it is worth another try.
    pub(super) fn learn(&mut self, path: &[String], notice: Notice) -> bool {
        if path.len() > DEEPEST {
            return false;
        }
        let (node, is_new) = self.at(path);
        let learned = match notice {
            Notice::Asked { required } => {
                if required && node.need == Need::Unknown {
                    node.need = Need::Always;
                }
                false
            }
            Notice::TakenFor(kind) if node.kind.is_none() && !node.is_accepted => {
                (node.kind, node.sample, node.is_new_kind) = (Some(kind), 0, true);
                true
            }
            Notice::Accepted => {
                (node.is_accepted, node.is_new_kind) = (true, false);
                false
            }
            // It was no value of the kind that was just learned.
            Notice::Refused if std::mem::take(&mut node.is_new_kind) => true,
            Notice::Refused if node.pinned.is_none() && !node.is_accepted => {
                node.sample += 1;
                node.sample < samples(node.kind).len()
            }
            Notice::Whole => {
                node.is_kept = true;
                false
            }
            Notice::TakenFor(_) | Notice::Refused => false,
        };
        is_new || learned
    }

    /// The paths of values that may decide what else is read, or of which nothing is known.
    pub(super) fn deciders(&self, path: &mut Path, found: &mut Vec<Path>) {
        let decides = match self.kind {
            Some(kind) => matches!(kind, Kind::Integer | Kind::Boolean | Kind::Words(_)),
            None => path.len() > 1 && path[0] == BODY && !self.is_accepted && self.children.is_empty(),
        };
        if decides {
            found.push(path.clone());
        }
        for child in &self.children {
            path.push(child.name.clone());
            child.deciders(path, found);
            path.pop();
        }
    }

    /// Notes the members of objects that were read without them.
    pub(super) fn loosen(&mut self, path: &mut Path, asked: &BTreeSet<&[String]>) {
        let is_read = asked.iter().any(|other| other.len() == path.len() + 1 && other.starts_with(path));
        for child in &mut self.children {
            path.push(child.name.clone());
            if is_read && !asked.contains(path.as_slice()) {
                child.need = Need::Sometimes;
            }
            child.loosen(path, asked);
            path.pop();
        }
    }

    pub(super) fn size(&self) -> usize {
        1 + self.children.iter().map(Self::size).sum::<usize>()
    }
}
