//! The platform's own initial catalog, from `catalog/`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    Catalog, Item, Kind, Namespace, Settings, Society,
    notation::{self, NotationError},
    values,
};

/// The embedded catalog is not well-formed: a mistake of this crate, which its tests exclude.
#[derive(Debug, thiserror::Error)]
pub enum StarterError {
    #[error("{file}: {source}")]
    Toml { file: &'static str, source: toml::de::Error },
    #[error("{file}, item {item}: {source}")]
    Notation { file: &'static str, item: String, source: NotationError },
    #[error("{file}, item {item}: its code is no number")]
    Code { file: &'static str, item: String },
}

const NAMESPACES: (&str, &str) = ("namespaces.toml", include_str!("../catalog/namespaces.toml"));

/// Items with structure, by file.
const ITEMS: &[(Kind, &str, &str)] = &[
    (Kind::Model, "model/cmatrix.toml", include_str!("../catalog/model/cmatrix.toml")),
    (Kind::Model, "model/blocks-and-actors.toml", include_str!("../catalog/model/blocks-and-actors.toml")),
    (Kind::Model, "model/data.toml", include_str!("../catalog/model/data.toml")),
    (Kind::Model, "model/contracts.toml", include_str!("../catalog/model/contracts.toml")),
    (Kind::Model, "model/settings.toml", include_str!("../catalog/model/settings.toml")),
    (Kind::BuiltIn, "built_in/items.toml", include_str!("../catalog/built_in/items.toml")),
];

/// Items that are just words.
const WORDS: &[(Kind, &str, &str)] = &[
    (Kind::Model, "model/words.toml", include_str!("../catalog/model/words.toml")),
    (Kind::BuiltIn, "built_in/words.toml", include_str!("../catalog/built_in/words.toml")),
];

const EXT: (&str, &str) = ("ext.toml", include_str!("../catalog/ext.toml"));

#[derive(Deserialize)]
struct Namespaces {
    namespaces: BTreeMap<String, (String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawItem {
    /// Only in `ext.toml`, where codes are settings; elsewhere the code is the table's name.
    code: Option<Value>,
    ns: String,
    name: String,
    inherit: Option<i64>,
    prop: Option<String>,
    #[serde(default)]
    value: Map<String, Value>,
    /// Item groups of an identity document: lists of item types.
    #[serde(default)]
    groups: Vec<Vec<i64>>,
}

#[derive(Deserialize)]
struct ExtItems {
    item: Vec<RawItem>,
}

/// The platform's initial catalog for an installation with these settings.
pub fn starter(settings: &Settings) -> Result<Catalog, StarterError> {
    let mut items = Vec::new();
    for (kind, file, text) in WORDS {
        let namespaces: BTreeMap<String, BTreeMap<String, String>> = read(file, text)?;
        for (ns, words) in namespaces {
            for (code, name) in words {
                let raw = RawItem {
                    code: None,
                    ns: ns.clone(),
                    name,
                    inherit: None,
                    prop: None,
                    value: Map::new(),
                    groups: Vec::new(),
                };
                items.push(item(*kind, file, number(file, &code)?, raw, settings, &BTreeMap::new())?);
            }
        }
    }
    for (kind, file, text) in ITEMS {
        let tables: BTreeMap<String, RawItem> = read(file, text)?;
        let names =
            tables.iter().filter_map(|(code, raw)| Some((code.parse().ok()?, raw.name.clone()))).collect();
        for (code, raw) in tables {
            items.push(item(*kind, file, number(file, &code)?, raw, settings, &names)?);
        }
    }
    let (file, text) = EXT;
    for raw in read::<ExtItems>(file, text)?.item {
        let code = raw.code.as_ref().map(|code| settings.fill(code)).and_then(|code| code.as_i64());
        let code = code.ok_or_else(|| StarterError::Code { file, item: raw.name.clone() })?;
        items.push(item(Kind::Ext, file, code, raw, settings, &BTreeMap::new())?);
    }
    items.sort_by_key(|item| item.code);
    let society = Society {
        name: "PXRカタログ".to_owned(),
        description: settings.text("catalog_description").unwrap_or_default(),
        ext_name: settings.ext_name().to_owned(),
    };
    Ok(Catalog { society, namespaces: namespaces(settings)?, items })
}

fn read<T: serde::de::DeserializeOwned>(file: &'static str, text: &str) -> Result<T, StarterError> {
    toml::from_str(text).map_err(|source| StarterError::Toml { file, source })
}

fn number(file: &'static str, code: &str) -> Result<i64, StarterError> {
    code.parse().map_err(|_| StarterError::Code { file, item: code.to_owned() })
}

fn namespaces(settings: &Settings) -> Result<Vec<Namespace>, StarterError> {
    let (file, text) = NAMESPACES;
    let paths = read::<Namespaces>(file, text)?.namespaces;
    let mut namespaces = Vec::new();
    for (letter, kind) in [('m', Kind::Model), ('b', Kind::BuiltIn), ('e', Kind::Ext)] {
        for (path, (letters, description)) in &paths {
            if letters.contains(letter)
                && let Some(ns) = notation::namespace(letter, &settings.fill_text(path), settings.ext_name())
            {
                namespaces.push(Namespace { kind, ns, description: json!(description) });
            }
        }
    }
    Ok(namespaces)
}

fn item(
    kind: Kind,
    file: &'static str,
    code: i64,
    raw: RawItem,
    settings: &Settings,
    names: &BTreeMap<i64, String>,
) -> Result<Item, StarterError> {
    let letter = match kind {
        Kind::Model => 'm',
        Kind::BuiltIn => 'b',
        Kind::Ext => 'e',
    };
    let ns = notation::namespace(letter, &settings.fill_text(&raw.ns), settings.ext_name());
    let name = settings.fill_text(&raw.name);
    let described = raw.prop.as_deref().map(|text| notation::read(text, settings.ext_name())).transpose();
    let (properties, inner) = described
        .map_err(|source| StarterError::Notation { file, item: code.to_string(), source })?
        .unwrap_or_default();
    let mut value = match settings.fill(&Value::Object(raw.value)) {
        Value::Object(value) => value,
        _ => Map::new(),
    };
    if !raw.groups.is_empty() {
        value.insert("item-group".to_owned(), groups(&raw.groups, names));
    }
    let value = values::list(&value);
    let template = match (&properties, &value) {
        (Value::Null, Value::Null) => Value::Null,
        _ => json!({"prop": properties, "value": value}),
    };
    let document = json!({
        "catalogItem": {
            "ns": ns,
            "name": name,
            "description": format!("{name}を表します。"),
            "_code": {"_value": code, "_ver": 1},
            "inherit": raw.inherit.map(|parent| json!({"_value": parent, "_ver": 1})),
        },
        "template": template,
        "inner": inner,
        "attribute": null,
    });
    Ok(Item { kind, code: Some(code), document, source: format!("{file} [{code}]") })
}

/// The item groups of an identity document, titled by the names of their item types.
fn groups(groups: &[Vec<i64>], names: &BTreeMap<i64, String>) -> Value {
    let title = |code: &i64| names.get(code).cloned().unwrap_or_default();
    groups
        .iter()
        .map(|group| {
            let items: Vec<_> = group
                .iter()
                .map(|code| json!({"title": title(code), "type": format!("#{code}"), "content": "#null"}))
                .collect();
            json!({"title": group.iter().map(title).collect::<Vec<_>>().join("・"), "item": items})
        })
        .collect()
}
