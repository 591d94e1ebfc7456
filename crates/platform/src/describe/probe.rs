//! Tries an input on made-up requests, each with what the ones before it taught, until nothing new is learned.

use std::collections::{BTreeSet, HashMap};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::{
    BODY, Description, ELEMENT, HEADERS, Kind, PARAMETERS, PATH, Parameter, Path, mark,
    recorder::{self, Notice},
    schema,
};
use crate::{ApiError, Incoming};

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
const UNKNOWN: [Sample; 8] =
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

/// What is known about a value of a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) required: bool,
    /// Not always required.
    pub(super) is_optional: bool,
    pub(super) kind: Option<Kind>,
    /// In the order in which they were asked for.
    pub(super) children: Vec<Node>,
    /// Which of the samples is sent.
    sample: usize,
    /// Whether the last request taught its kind.
    is_new_kind: bool,
    pub(super) is_accepted: bool,
    /// Sent instead of a sample.
    pinned: Option<Value>,
    /// The only values that are accepted, as far as there are few.
    pub(super) allowed: Vec<Value>,
    pub(super) minimum: Option<i64>,
    /// Whatever else is in an object is kept, too.
    pub(super) is_kept: bool,
}

/// Deeper ones are not looked into: some things hold things of their own kind.
const DEEPEST: usize = 12;
/// More than any input needs.
const MOST_TRIES: usize = 100;

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

    fn at(&mut self, path: &[String]) -> (&mut Node, bool) {
        let mut node = (self, false);
        for step in path {
            let (child, is_new) = node.0.child_or_new(step);
            node = (child, node.1 || is_new);
        }
        node
    }

    pub(super) fn is_required(&self) -> bool {
        self.required && !self.is_optional
    }

    pub(super) fn sample(&self) -> Option<Sample> {
        let all = samples(self.kind);
        all.get(self.sample.min(all.len().saturating_sub(1))).copied()
    }

    /// The value to be sent.
    fn value(&self, path: &mut Path) -> Value {
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
    fn learn(&mut self, path: &[String], notice: Notice) -> bool {
        if path.len() > DEEPEST {
            return false;
        }
        let (node, is_new) = self.at(path);
        let learned = match notice {
            Notice::Asked { required } => {
                node.required |= required;
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
    fn deciders(&self, path: &mut Path, found: &mut Vec<Path>) {
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
    fn loosen(&mut self, path: &mut Path, asked: &BTreeSet<&[String]>) {
        let is_read = asked.iter().any(|other| other.len() == path.len() + 1 && other.starts_with(path));
        for child in &mut self.children {
            path.push(child.name.clone());
            child.is_optional |= is_read && !asked.contains(path.as_slice());
            child.loosen(path, asked);
            path.pop();
        }
    }

    fn size(&self) -> usize {
        1 + self.children.iter().map(Self::size).sum::<usize>()
    }
}

type Read<'r> = &'r dyn Fn(&Incoming) -> Result<(), ApiError>;

/// What came of one request.
struct Try {
    learned: bool,
    /// Whether it was accepted as a whole.
    is_good: bool,
    notices: Vec<(Path, Notice)>,
}

struct Probe<'r> {
    read: Read<'r>,
    tree: Node,
}

/// Finds out what is read from a request.
pub(super) fn explore(read: Read<'_>) -> Description {
    // A body is an object or an array: the one of which more is read.
    let [object, array] = [Kind::Object, Kind::Array].map(|kind| {
        let mut probe = Probe { read, tree: Node::default() };
        probe.tree.at(&[BODY.to_owned()]).0.kind = Some(kind);
        probe.learn_all();
        probe.vary();
        probe.tree
    });
    describe(if array.size() > object.size() { &array } else { &object })
}

impl Probe<'_> {
    fn request(&self) -> Incoming {
        let no_node = Node::default();
        let branch = |name| self.tree.child(name).unwrap_or(&no_node);
        let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let path: HashMap<_, _> =
            branch(PATH).children.iter().map(|node| (node.name.clone(), "1".to_owned())).collect();
        let mut query = Vec::new();
        for node in branch(PARAMETERS).children.iter().filter(|node| !path.contains_key(&node.name)) {
            match node.value(&mut vec![PARAMETERS.to_owned(), node.name.clone()]) {
                Value::Array(elements) => {
                    query.extend(elements.into_iter().map(|e| (node.name.clone(), text(e))));
                }
                Value::Object(_) => {}
                value => query.push((node.name.clone(), text(value))),
            }
        }
        let mut headers = HeaderMap::new();
        for node in &branch(HEADERS).children {
            if let Ok(name) = node.name.parse::<HeaderName>() {
                headers.insert(name, HeaderValue::from_static("a"));
            }
        }
        Incoming::made_up(path, query, headers, branch(BODY).value(&mut vec![BODY.to_owned()]))
    }

    /// Reads one request and learns from it.
    fn try_once(&mut self) -> Try {
        let request = self.request();
        let mut is_good = false;
        let mut notices = recorder::record(request.body(), || is_good = (self.read)(&request).is_ok());
        // Several rules may look at one value: each must accept it, and it is refused once.
        let refused: BTreeSet<_> =
            notices.extract_if(.., |(_, notice)| *notice == Notice::Refused).map(|(path, _)| path).collect();
        notices.retain(|(path, notice)| *notice != Notice::Accepted || !refused.contains(path));
        notices.extend(refused.into_iter().map(|path| (path, Notice::Refused)));
        let mut learned = false;
        for (path, notice) in &notices {
            learned |= self.tree.learn(path, *notice);
        }
        Try { learned, is_good, notices }
    }

    fn learn_all(&mut self) {
        for _ in 0..MOST_TRIES {
            if !self.try_once().learned {
                break;
            }
        }
    }

    /// Tries other values where one may decide what else is read, and notes which are accepted.
    fn vary(&mut self) {
        let mut done: Vec<Path> = Vec::new();
        loop {
            let mut deciders = Vec::new();
            self.tree.deciders(&mut Vec::new(), &mut deciders);
            let Some(path) = deciders.into_iter().find(|path| !done.contains(path)) else { return };
            match self.tree.at(&path).0.kind {
                Some(Kind::Boolean) => drop(self.accepted(&path, [true, false].map(Value::from))),
                None => self.vary_unknown(&path),
                Some(Kind::Words(words)) => drop(self.accepted(&path, words.iter().map(|word| json!(word)))),
                _ => self.vary_number(&path),
            }
            done.push(path);
        }
    }

    /// Which of some values are accepted.
    fn accepted(&mut self, path: &Path, values: impl IntoIterator<Item = Value>) -> Vec<Value> {
        let mut accepted = Vec::new();
        for value in values {
            self.tree.at(path).0.pinned = Some(value.clone());
            let Try { learned, is_good, notices } = self.try_once();
            if notices.iter().any(|(at, notice)| at == path && *notice == Notice::Accepted) {
                accepted.push(value);
            }
            if is_good {
                // What was not needed here is not always required.
                let asked = notices.iter().filter(|(_, notice)| matches!(notice, Notice::Asked { .. }));
                self.tree.loosen(&mut Vec::new(), &asked.map(|(path, _)| path.as_slice()).collect());
            }
            if learned {
                self.learn_all();
            }
        }
        self.tree.at(path).0.pinned = None;
        accepted
    }

    /// Something that no rule looked at may have to be of a certain shape to be read further.
    fn vary_unknown(&mut self, path: &Path) {
        for sample in 0..UNKNOWN.len() {
            self.tree.at(path).0.sample = sample;
            let size = self.tree.size();
            self.learn_all();
            let node = self.tree.at(path).0;
            if node.kind.is_some() || node.is_accepted || self.tree.size() > size {
                return;
            }
        }
        self.tree.at(path).0.sample = 0;
    }

    /// A few numbers are an enumeration, many have a lower bound or none.
    fn vary_number(&mut self, path: &Path) {
        const LARGE: i64 = 1_000_001;
        let small: Vec<i64> = (0..=9).collect();
        let accepted = self.accepted(path, [-1, LARGE].iter().chain(&small).map(|number| json!(number)));
        let is = |number: i64| accepted.contains(&json!(number));
        let is_small = accepted.len() < small.len() && !accepted.is_empty();
        let node = self.tree.at(path).0;
        if !is(LARGE) && !is(-1) && is_small {
            node.allowed = accepted;
        } else if !is(-1) && (1..=9).all(is) {
            node.minimum = Some(i64::from(!is(0)));
        }
    }
}

fn describe(tree: &Node) -> Description {
    let children = |name| tree.child(name).map_or(&[][..], |node| &node.children);
    let parameter = |node: &Node| Parameter {
        name: node.name.clone(),
        required: node.is_required(),
        schema: schema::of(node),
    };
    let body = tree.child(BODY).filter(|body| !body.children.is_empty());
    Description {
        parameters: children(PARAMETERS).iter().map(parameter).collect(),
        headers: children(HEADERS).iter().map(|node| node.name.clone()).collect(),
        body: body.map(schema::of),
    }
}
