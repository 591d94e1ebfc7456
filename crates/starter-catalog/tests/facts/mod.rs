//! What programs rely on in an item, as named texts: namespace, parent, properties, classes, values — no texts that
//! people read.

use std::collections::BTreeMap;

use serde_json::Value;
use starter_catalog::Item;

/// The facts of an item, by name: `36.by` for a property, `36:CertStatus.by` for one of an inner class, `36=a` for a
/// value.
pub fn facts(code: i64, item: &Item) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::new();
    let name = code.to_string();
    facts.insert(format!("{name} ns"), item.ns().to_owned());
    facts.insert(format!("{name} inherit"), reference(item.head("inherit")));
    level(&name, &item.document, &mut facts);
    values(&format!("{name}="), &item.document["template"]["value"], &mut facts);
    // A list is no attribute (spec: catalog-data-model 14, sentence 6).
    let attribute = Some(&item.document["attribute"]).filter(|attribute| attribute.is_object());
    facts.extend(attribute.map(|attribute| (format!("{name} attribute"), attribute.to_string())));
    facts
}

/// The properties and classes of an item or class, and the order of the properties.
fn level(name: &str, level: &Value, facts: &mut BTreeMap<String, String>) {
    let properties = elements(&level["template"]["prop"]);
    let keys: Vec<_> = properties.iter().map(|property| text(&property["key"])).collect();
    facts.insert(format!("{name} properties"), keys.join(" "));
    for (key, property) in keys.iter().zip(properties) {
        facts.insert(format!("{name}.{key}"), kind(&property["type"]));
    }
    for class in elements(&level["inner"]) {
        self::level(&format!("{name}:{}", text(&class["name"])), class, facts);
    }
}

/// A type: its kind and what it is made of, without what is null or empty.
fn kind(described: &Value) -> String {
    let candidate = &described["candidate"];
    let column = &described["cmatrix"];
    let column = if column.is_object() {
        format!("{} {}", text(&column["index"]), column["reserved"])
    } else {
        String::new()
    };
    let parts = [
        ("item", reference(&described["_code"])),
        ("class", text(&described["inner"])),
        ("format", reference(&described["format"])),
        ("unit", reference(&described["unit"])),
        ("column", column),
        ("one of", texts(&candidate["value"])),
        ("classes", texts(&candidate["inner"])),
        ("in", texts(&candidate["ns"])),
        ("codes", elements(&candidate["_code"]).iter().map(reference).collect::<Vec<_>>().join(" ")),
        ("base", reference(&candidate["base"])),
    ];
    let parts =
        parts.iter().filter(|(_, part)| !part.is_empty()).map(|(name, part)| format!("; {name} {part}"));
    text(&described["of"]) + &parts.collect::<String>()
}

/// A code and version; without one it is version 1 (spec: catalog-data-model 14, sentence 3).
fn reference(code: &Value) -> String {
    match (&code["_value"], code["_ver"].as_i64().unwrap_or(1)) {
        (Value::Null, _) => String::new(),
        (value, 1) => value.to_string(),
        (value, version) => format!("{value} version {version}"),
    }
}

/// Values: a list of `{key, value}`, a code, or a literal. Elements of an array are numbered.
fn values(name: &str, value: &Value, facts: &mut BTreeMap<String, String>) {
    const READ_BY_PEOPLE: [&str; 2] = ["title", "sentence"];
    let entries = elements(value);
    let is_list = !entries.is_empty() && entries.iter().all(|entry| entry["key"].is_string());
    if let Some(code) = code(value) {
        facts.insert(name.to_owned(), format!("→{code}"));
    } else if is_list {
        let keys: Vec<_> = entries.iter().map(|entry| text(&entry["key"])).collect();
        facts.insert(format!("{name} keys"), keys.join(" "));
        for (place, (key, entry)) in keys.iter().zip(entries).enumerate() {
            if !READ_BY_PEOPLE.contains(&key.as_str()) || !entry["value"].is_string() {
                values(&format!("{name}/{place} {key}"), &entry["value"], facts);
            }
        }
    } else {
        facts.insert(name.to_owned(), value.to_string());
    }
}

/// A code as a value: a plain object or a list of `_value` and `_ver`.
fn code(value: &Value) -> Option<String> {
    if value["_value"].is_number() {
        return Some(reference(value));
    }
    match elements(value) {
        [code, version] if code["key"] == "_value" && version["key"] == "_ver" => Some(format!(
            "{}{}",
            code["value"],
            if version["value"] == 1 { "" } else { " at another version" }
        )),
        _ => None,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> String {
    elements(value).iter().map(text).collect::<Vec<_>>().join(" ")
}

fn elements(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
