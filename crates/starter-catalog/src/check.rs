//! What is wrong with a catalog, found before anything is sent.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::{Catalog, Item, Problem};

const KINDS: [&str; 12] = [
    "number",
    "number[]",
    "string",
    "string[]",
    "boolean",
    "boolean[]",
    "code",
    "code[]",
    "item",
    "item[]",
    "inner",
    "inner[]",
];

/// Every reference that leads nowhere, every code out of its range or given twice, every unknown kind, every
/// circle of inheritance.
#[must_use]
pub fn check(catalog: &Catalog) -> Vec<Problem> {
    let namespaces: HashSet<_> = catalog.namespaces.iter().map(|namespace| namespace.ns.as_str()).collect();
    let codes: HashSet<_> = catalog.items.iter().filter_map(|item| item.code).collect();
    let known = Known { namespaces, codes };
    let mut problems = Vec::new();
    let mut seen = HashSet::new();
    for item in &catalog.items {
        let mut note = |reason: String| problems.push(Problem { source: item.source.clone(), reason });
        if !known.namespaces.contains(item.ns()) {
            note(format!("its namespace {} is not in the catalog", item.ns()));
        }
        if let Some(code) = item.code {
            let (first, last) = item.kind.codes();
            if !(first..=last).contains(&code) {
                note(format!("its code {code} is outside {first}–{last}"));
            }
            if !seen.insert(code) {
                note(format!("the code {code} is given twice"));
            }
        } else if !item.head("_code").is_null() && item.head("_code").get("_value").is_none() {
            note("its _code is no {_value, _ver}; the catalog will give it another code".to_owned());
        }
        known.check_references(&item.document, &mut note);
    }
    problems.extend(circles(&catalog.items));
    problems
}

struct Known<'a> {
    namespaces: HashSet<&'a str>,
    codes: HashSet<i64>,
}

impl Known<'_> {
    fn check_references(&self, document: &Value, note: &mut impl FnMut(String)) {
        self.check_code(&document["catalogItem"]["inherit"], "inherit", note);
        self.check_level(document, note);
    }

    fn check_level(&self, level: &Value, note: &mut impl FnMut(String)) {
        for property in level["template"]["prop"].as_array().into_iter().flatten() {
            self.check_property(property, note);
        }
        for inner in level["inner"].as_array().into_iter().flatten() {
            self.check_level(inner, note);
        }
    }

    fn check_property(&self, property: &Value, note: &mut impl FnMut(String)) {
        let (key, described) = (property["key"].as_str().unwrap_or_default(), &property["type"]);
        let kind = described["of"].as_str().unwrap_or_default();
        if !KINDS.contains(&kind) {
            note(format!("the property {key} is of the unknown kind {kind:?} and would vanish"));
        }
        for member in ["_code", "format", "unit"] {
            self.check_code(&described[member], key, note);
        }
        let candidate = &described["candidate"];
        self.check_code(&candidate["base"], key, note);
        for code in candidate["_code"].as_array().into_iter().flatten() {
            self.check_code(code, key, note);
        }
        for ns in candidate["ns"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !self.namespaces.contains(ns.trim_end_matches("/*")) {
                note(format!("the property {key} refers to the namespace {ns}, which is not in the catalog"));
            }
        }
    }

    fn check_code(&self, code: &Value, what: &str, note: &mut impl FnMut(String)) {
        if let Some(value) = code["_value"].as_i64()
            && !self.codes.contains(&value)
        {
            note(format!("{what} refers to {value}, which is not in the catalog"));
        }
    }
}

fn circles(items: &[Item]) -> Vec<Problem> {
    let parent = |item: &Item| Some((item.code?, item.head("inherit")["_value"].as_i64()?));
    let parents: HashMap<_, _> = items.iter().filter_map(parent).collect();
    let turns_back = |start: i64| {
        let mut steps =
            std::iter::successors(parents.get(&start).copied(), |code| parents.get(code).copied());
        steps.by_ref().take(parents.len() + 1).any(|code| code == start)
    };
    let circular = items.iter().filter(|item| item.code.is_some_and(turns_back));
    circular
        .map(|item| Problem { source: item.source.clone(), reason: "it inherits from itself".to_owned() })
        .collect()
}
