//! Our API beside the published one: every route, parameter and field of a body is in both, or stands with its reason
//! in `openapi_differences.toml`.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde::Deserialize;
use serde_json::{Map, Value};
use vocabulary::ServiceName;

use crate::support::shared;

/// Routes of one side, named by method and path, the parameters of the path left open.
type Routes = BTreeMap<String, Operation>;

#[derive(Debug, Default)]
struct Operation {
    /// `query name` and `body`.
    outer: BTreeSet<String>,
    fields: BTreeSet<String>,
    /// Fields whose inner ones are not described.
    closed: BTreeSet<String>,
}

/// The routes of a document under a prefix.
fn routes(document: &Value, prefix: &str) -> Routes {
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, methods)| {
        methods.as_object().into_iter().flatten().map(move |(method, operation)| {
            let name = format!("{} {prefix}{}", method.to_ascii_uppercase(), open(path));
            (name, Operation::of(document, operation))
        })
    });
    operations.collect()
}

/// A path without the names of its parameters and without a slash at its end.
fn open(path: &str) -> String {
    let parts = path.trim_end_matches('/').split('/');
    let open = |part: &str| {
        let is_parameter = part.starts_with('{') || part.starts_with(':');
        if is_parameter { "{}".to_owned() } else { part.to_owned() }
    };
    parts.map(open).collect::<Vec<_>>().join("/")
}

impl Operation {
    fn of(document: &Value, operation: &Value) -> Self {
        let mut found = Self::default();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = resolved(document, parameter);
            // Those of the path are in it; how identity is said is alike for all routes.
            if parameter["in"] == "query" {
                found.outer.insert(format!("query {}", parameter["name"].as_str().unwrap()));
            }
        }
        let body = resolved(document, &operation["requestBody"]);
        if !body.is_null() {
            found.outer.insert("body".to_owned());
        }
        for content in body["content"].as_object().into_iter().flat_map(Map::values) {
            found.add(document, &content["schema"], String::new(), 0);
        }
        found
    }

    /// Adds what is inside a schema, under the name of its field.
    fn add(&mut self, document: &Value, schema: &Value, name: String, depth: usize) {
        let schema = resolved(document, schema);
        if depth > 12 {
            return;
        }
        let mut is_described = false;
        for part in
            ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|kind| schema[kind].as_array()).flatten()
        {
            is_described = true;
            self.add(document, part, name.clone(), depth + 1);
        }
        if schema["type"] == "array" || schema["items"].is_object() {
            is_described = true;
            self.add(document, &schema["items"], format!("{name}[]"), depth + 1);
        }
        for (field, inner) in schema["properties"].as_object().into_iter().flatten() {
            is_described = schema["additionalProperties"] != Value::Bool(true);
            let field = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
            self.fields.insert(field.clone());
            self.add(document, inner, field, depth + 1);
        }
        if !is_described && (schema["type"].is_null() || schema["type"] == "object") {
            self.closed.insert(name);
        }
    }

    /// What this one has and the other lacks: only the outermost of the fields, and none of which the other says
    /// no more than that it is there.
    fn more_than(&self, other: &Self) -> BTreeSet<String> {
        let inside = |field: &str, outer: &str| {
            let rest = field.strip_prefix(outer);
            rest.is_some_and(|rest| outer.is_empty() || rest.starts_with(['.', '[']))
        };
        let missing: Vec<_> = self
            .fields
            .difference(&other.fields)
            .filter(|field| !other.closed.iter().any(|closed| inside(field, closed)))
            .collect();
        let outermost = missing.iter().filter(|field| !missing.iter().any(|outer| inside(field, outer)));
        let fields = outermost.map(|field| (**field).clone());
        self.outer.difference(&other.outer).cloned().chain(fields).collect()
    }
}

/// What a reference leads to; some of the published ones lead nowhere.
fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    match value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer).unwrap_or(&Value::Null),
        None => value,
    }
}

/// One thing that only one side has: route, side and name.
type Difference = (String, Side, String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Ours,
    Theirs,
}

fn differences(ours: &Routes, theirs: &Routes) -> BTreeSet<Difference> {
    let mut found = BTreeSet::new();
    let sides = [(Side::Ours, ours, theirs), (Side::Theirs, theirs, ours)];
    for (side, own, other) in sides {
        for (route, operation) in own {
            let more = match other.get(route) {
                Some(other) => operation.more_than(other),
                None => BTreeSet::from(["route".to_owned()]),
            };
            found.extend(more.into_iter().map(|name| (route.clone(), side, name)));
        }
    }
    found
}

/// Differences that the specs explain.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Explained {
    /// With a `*` at the end: all that begin so.
    routes: Vec<String>,
    /// What only ours has: `route`, `body`, `query <name>` or a field of the body.
    #[serde(default)]
    ours: Vec<String>,
    /// What only the published one has.
    #[serde(default)]
    published: Vec<String>,
    why: String,
    spec: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    difference: Vec<Explained>,
}

impl Explained {
    /// Each route with each name.
    fn all(&self) -> impl Iterator<Item = Difference> {
        let sides = [(Side::Ours, &self.ours), (Side::Theirs, &self.published)];
        let names = sides.into_iter().flat_map(|(side, names)| names.iter().map(move |name| (side, name)));
        names
            .flat_map(|(side, name)| self.routes.iter().map(move |route| (route.clone(), side, name.clone())))
    }
}

fn covers(listed: &Difference, found: &Difference) -> bool {
    let same_route = match listed.0.strip_suffix('*') {
        Some(start) => found.0.starts_with(start),
        None => found.0 == listed.0,
    };
    same_route && listed.1 == found.1 && listed.2 == found.2
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn our_api_is_the_published_one_but_for_what_the_specs_explain() {
    let Some(published) = shared("openapi") else { return };
    let listed: File = toml::from_str(include_str!("openapi_differences.toml")).unwrap();
    let mut found = BTreeSet::new();
    for service in ServiceName::ALL {
        let theirs =
            routes(&read(&published.join(format!("{service}.json"))), &format!("/{}", service.prefix()));
        assert!(!theirs.is_empty(), "{service}");
        let ours = routes(&pxr::api::of(service).document(), "");
        found.extend(differences(&ours, &theirs));
    }
    let listed: Vec<Difference> = listed.difference.iter().flat_map(Explained::all).collect();
    let unexplained: Vec<_> =
        found.iter().filter(|found| !listed.iter().any(|listed| covers(listed, found))).collect();
    assert!(unexplained.is_empty(), "differences that are not listed: {unexplained:#?}");
    let gone: Vec<_> =
        listed.iter().filter(|listed| !found.iter().any(|found| covers(listed, found))).collect();
    assert!(gone.is_empty(), "listed, but no differences any more: {gone:#?}");
}

#[test]
fn every_difference_has_its_reason() {
    let listed: File = toml::from_str(include_str!("openapi_differences.toml")).unwrap();
    let lacks_reason = |one: &&Explained| one.why.is_empty() || one.spec.is_empty();
    assert_eq!(listed.difference.iter().filter(lacks_reason).count(), 0);
}

/// Who may call stands in the description, and every document can be read by its tools: ids are unique, references
/// lead somewhere.
#[test]
fn every_service_describes_itself() {
    for service in ServiceName::ALL {
        let document = pxr::api::of(service).document();
        let operations: Vec<_> = document["paths"]
            .as_object()
            .unwrap()
            .values()
            .flat_map(|methods| methods.as_object().unwrap().values())
            .collect();
        let ids: BTreeSet<_> = operations.iter().map(|one| one["operationId"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), operations.len(), "{service}");
        for operation in operations {
            assert!(operation["summary"].as_str().unwrap().len() > "Who may call: ".len());
            for answer in operation["responses"].as_object().unwrap().values() {
                assert!(!resolved(&document, answer).is_null(), "{service}");
            }
        }
    }
}
