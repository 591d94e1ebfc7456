//! What is wrong with a catalog, found before anything is sent (spec: catalog-data-model 15, sentence 7).

mod values;

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::{Catalog, Item, Kind, Problem, integer, notation::KINDS};

/// Every reference that leads nowhere, every code out of its range or given twice, every unknown kind, every value
/// without a property, every circle of inheritance.
#[must_use]
pub fn check(catalog: &Catalog) -> Vec<Problem> {
    let known = Known::of(catalog);
    let mut problems = check_namespaces(catalog);
    let mut seen = HashSet::new();
    for item in &catalog.items {
        let mut note = |reason: String| problems.push(Problem { source: item.source.clone(), reason });
        known.check_head(item, &mut note);
        if let Some(code) = item.code
            && !seen.insert((code, item.version()))
        {
            note(format!("the code {code} is given twice at version {}", item.version()));
        }
        known.check_level(&item.document, &[], &mut note);
        known.check_attribute(&item.document["attribute"], &mut note);
        known.check_values(item, &mut note);
    }
    problems
}

fn check_namespaces(catalog: &Catalog) -> Vec<Problem> {
    let own = format!("catalog/ext/{}/", catalog.society.ext_name);
    let mut problems = Vec::new();
    let mut seen = HashSet::new();
    for namespace in &catalog.namespaces {
        let mut note = |reason: String| problems.push(Problem { source: namespace.ns.clone(), reason });
        if !seen.insert(&namespace.ns) {
            note("the namespace is given twice".to_owned());
        }
        if namespace.kind == Kind::Ext && !format!("{}/", namespace.ns).starts_with(&own) {
            note(format!("it is not below {own}, as the catalog's ext_name says"));
        }
    }
    problems
}

/// What references may lead to.
struct Known<'a> {
    namespaces: HashSet<&'a str>,
    /// The items of each code, by version.
    items: HashMap<i64, Vec<&'a Item>>,
}

impl<'a> Known<'a> {
    fn of(catalog: &'a Catalog) -> Self {
        let mut items: HashMap<_, Vec<_>> = HashMap::new();
        for item in &catalog.items {
            if let Some(code) = item.code {
                items.entry(code).or_default().push(item);
            }
        }
        for versions in items.values_mut() {
            versions.sort_by_key(|item| item.version());
        }
        Self { namespaces: catalog.namespaces.iter().map(|namespace| namespace.ns.as_str()).collect(), items }
    }

    /// The item of a `{_value, _ver}`; the latest, if no version is given.
    fn item(&self, code: &Value) -> Option<&'a Item> {
        let versions = self.items.get(&integer(&code["_value"])?)?;
        match integer(&code["_ver"]) {
            Some(version) => versions.iter().find(|item| item.version() == version).copied(),
            None => versions.last().copied(),
        }
    }

    /// An item and what it inherits from, nearest first. None: it inherits from itself.
    fn lineage(&self, item: &'a Item) -> Option<Vec<&'a Item>> {
        let mut line = vec![item];
        while let Some(parent) = line.last().and_then(|item| self.item(item.head("inherit"))) {
            if line.iter().any(|earlier| std::ptr::eq(*earlier, parent)) {
                return None;
            }
            line.push(parent);
        }
        Some(line)
    }

    fn check_head(&self, item: &'a Item, note: &mut impl FnMut(String)) {
        if !self.namespaces.contains(item.ns()) {
            note(format!("its namespace {} is not in the catalog", item.ns()));
        }
        if let Some(code) = item.code {
            let (first, last) = item.kind.codes();
            if !(first..=last).contains(&code) {
                note(format!("its code {code} is outside {first}–{last}"));
            }
        } else if !item.head("_code").is_null() && item.head("_code").get("_value").is_none() {
            note("its _code is no {_value, _ver}; the catalog will give it another code".to_owned());
        }
        self.check_code(item.head("inherit"), "inherit", note);
        if self.lineage(item).is_none() {
            note("it inherits from itself".to_owned());
        }
    }

    /// The properties of an item or inner class, and of the inner classes below.
    fn check_level(&self, level: &'a Value, above: &[&'a Value], note: &mut impl FnMut(String)) {
        let levels = [&[level], above].concat();
        for property in elements(&level["template"]["prop"]) {
            self.check_property(property, &levels, note);
        }
        for inner in elements(&level["inner"]) {
            self.check_level(inner, &levels, note);
        }
    }

    fn check_property(&self, property: &Value, levels: &[&Value], note: &mut impl FnMut(String)) {
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
        for code in elements(&candidate["_code"]) {
            self.check_code(code, key, note);
        }
        for ns in elements(&candidate["ns"]).iter().filter_map(Value::as_str) {
            let exact = ns.strip_suffix("/*").unwrap_or(ns);
            if !self.namespaces.contains(exact) {
                note(format!("the property {key} refers to the namespace {ns}, which is not in the catalog"));
            }
        }
        // A class of a level above is not found on registration, but 194 of the specification's own list has one.
        for name in inner_names(described) {
            if levels.iter().all(|level| inner_class(level, name).is_none()) {
                note(format!("the property {key} refers to the class {name}, which is not declared"));
            }
        }
    }

    fn check_attribute(&self, attribute: &Value, note: &mut impl FnMut(String)) {
        if attribute.is_array() {
            note("its attribute is a list and would be ignored".to_owned());
        }
        for object in elements(&attribute["objects"]) {
            self.check_code(&object["key"], "an attribute", note);
        }
        for tag in elements(&attribute["tags"]) {
            if let Some(ns) = tag["ns"].as_str().filter(|ns| !self.namespaces.contains(ns)) {
                note(format!("a tag refers to the namespace {ns}, which is not in the catalog"));
            }
            for code in elements(&tag["values"]) {
                self.check_code(code, "a tag", note);
            }
        }
    }

    fn check_code(&self, code: &Value, what: &str, note: &mut impl FnMut(String)) {
        if let Some(value) = integer(&code["_value"])
            && self.item(code).is_none()
        {
            let version =
                integer(&code["_ver"]).map(|version| format!(" version {version}")).unwrap_or_default();
            note(format!("{what} refers to {value}{version}, which is not in the catalog"));
        }
    }
}

/// The elements of an array; none of anything else.
fn elements(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The inner classes that a property's type names.
fn inner_names(described: &Value) -> impl Iterator<Item = &str> {
    let several = elements(&described["candidate"]["inner"]).iter();
    described["inner"].as_str().into_iter().chain(several.filter_map(Value::as_str))
}

/// The class of a name that is declared at a level.
fn inner_class<'v>(level: &'v Value, name: &str) -> Option<&'v Value> {
    elements(&level["inner"]).iter().find(|class| class["name"] == name)
}
