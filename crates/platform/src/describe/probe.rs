//! Tries an input on made-up requests, each with what the ones before it taught, until nothing new is learned.

use std::collections::{BTreeSet, HashMap};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::{
    BODY, Description, HEADERS, Kind, PARAMETERS, PATH, Parameter, Path,
    recorder::{self, Notice},
    schema,
    tree::{Node, UNKNOWN},
};
use crate::{ApiError, Incoming};

/// More than any input needs.
const MOST_TRIES: usize = 100;

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
