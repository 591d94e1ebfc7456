//! The platform's own initial catalog, from `catalog/`, in the written form of items
//! (spec: catalog-data-model 2, 9 to 11).

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::{
    Catalog, Item, Kind, Namespace, Settings, Society,
    notation::{self, NotationError},
    placeholders, values,
};

/// The embedded catalog is not well-formed: a mistake of this crate, which its tests exclude.
#[derive(Debug, thiserror::Error)]
pub enum StarterError {
    /// A file is no TOML, or not of the form that is expected.
    #[error("{file}: {source}")]
    Toml {
        /// The file, below `catalog/`.
        file: &'static str,
        /// What is wrong.
        source: toml::de::Error,
    },
    /// The properties of an item cannot be read.
    #[error("{file}, item {item}: {source}")]
    Notation {
        /// The file, below `catalog/`.
        file: &'static str,
        /// The item's code.
        item: String,
        /// What is wrong.
        source: NotationError,
    },
    /// The code of an item is no number.
    #[error("{file}, item {item}: its code is no number")]
    Code {
        /// The file, below `catalog/`.
        file: &'static str,
        /// The item's code or name.
        item: String,
    },
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
#[serde(deny_unknown_fields)]
struct Namespaces {
    /// By letter of the part, the sentence about what a namespace is for.
    sentences: BTreeMap<char, String>,
    /// By path, the letters of the parts it is in and what it is for.
    namespaces: BTreeMap<String, (String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawItem {
    /// Only in `ext.toml`, where codes are settings; elsewhere the code is the table's name.
    code: Option<String>,
    ns: String,
    name: String,
    description: String,
    inherit: Option<i64>,
    prop: Option<String>,
    #[serde(default)]
    value: Map<String, Value>,
    /// Item groups of an identity document: lists of item types.
    #[serde(default)]
    groups: Vec<Vec<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExtItems {
    item: Vec<RawItem>,
}

/// The platform's initial catalog for an installation with these settings.
///
/// # Errors
/// None in practice: an error means that the embedded files are not well-formed.
pub fn starter(settings: &Settings) -> Result<Catalog, StarterError> {
    let mut items = words(settings)?;
    items.extend(structured(settings)?);
    items.extend(installation(settings)?);
    items.sort_by_key(|item| item.code);
    let society = Society {
        name: "PXRカタログ".to_owned(),
        description: placeholders::fill_text("{catalog_description}", settings),
        ext_name: settings.ext_name().to_owned(),
    };
    Ok(Catalog { society, namespaces: namespaces(settings)?, items })
}

/// The namespaces: parents before children, because paths are ordered.
fn namespaces(settings: &Settings) -> Result<Vec<Namespace>, StarterError> {
    let (file, text) = NAMESPACES;
    let Namespaces { sentences, namespaces: paths } = read(file, text)?;
    let mut namespaces = Vec::new();
    for kind in Kind::ALL {
        for (path, (letters, what)) in
            paths.iter().filter(|(_, (letters, _))| letters.contains(kind.letter()))
        {
            debug_assert!(letters.chars().all(|letter| "mbe".contains(letter)), "{path}: {letters}");
            let path = placeholders::fill_text(path, settings);
            let sentence = sentences.get(&kind.letter()).filter(|_| !what.ends_with('。'));
            let description = sentence.map_or_else(|| what.clone(), |text| text.replace("{what}", what));
            let ns = notation::namespace(kind, &path, settings.ext_name());
            namespaces.push(Namespace { kind, ns, description: json!(description) });
        }
    }
    Ok(namespaces)
}

/// The items that are just a name.
fn words(settings: &Settings) -> Result<Vec<Item>, StarterError> {
    let mut items = Vec::new();
    for (kind, file, text) in WORDS {
        let names = BTreeMap::new();
        let writer = Writer { kind: *kind, file, settings, names: &names };
        for (ns, mut words) in read::<BTreeMap<String, BTreeMap<String, String>>>(file, text)? {
            let sentence = words.remove("*").unwrap_or_default();
            for (code, name) in words {
                let raw = RawItem {
                    code: None,
                    ns: ns.clone(),
                    description: sentence.replace("{name}", &name),
                    name,
                    inherit: None,
                    prop: None,
                    value: Map::new(),
                    groups: Vec::new(),
                };
                items.push(writer.item(&code, raw)?);
            }
        }
    }
    Ok(items)
}

/// The items of the model and the shared vocabulary.
fn structured(settings: &Settings) -> Result<Vec<Item>, StarterError> {
    let mut items = Vec::new();
    for (kind, file, text) in ITEMS {
        let tables: BTreeMap<String, RawItem> = read(file, text)?;
        let pairs = tables.iter().filter_map(|(code, raw)| Some((code.parse().ok()?, raw.name.clone())));
        let names = pairs.collect();
        let writer = Writer { kind: *kind, file, settings, names: &names };
        for (code, raw) in tables {
            items.push(writer.item(&code, raw)?);
        }
    }
    Ok(items)
}

/// The installation's own items, whose codes are settings.
fn installation(settings: &Settings) -> Result<Vec<Item>, StarterError> {
    let (file, text) = EXT;
    let names = BTreeMap::new();
    let writer = Writer { kind: Kind::Ext, file, settings, names: &names };
    let items = read::<ExtItems>(file, text)?.item;
    items.into_iter().map(|raw| writer.item(&raw.code.clone().unwrap_or_default(), raw)).collect()
}

fn read<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, StarterError> {
    toml::from_str(text).map_err(|source| StarterError::Toml { file, source })
}

/// Writes the items of one file.
struct Writer<'a> {
    kind: Kind,
    file: &'static str,
    settings: &'a Settings,
    /// The names of the file's items, by code.
    names: &'a BTreeMap<i64, String>,
}

impl Writer<'_> {
    fn item(&self, code: &str, raw: RawItem) -> Result<Item, StarterError> {
        let Self { kind, file, settings, .. } = *self;
        let number = values::number(code, settings);
        let code = number.ok_or_else(|| StarterError::Code { file, item: format!("{code} {}", raw.name) })?;
        let (properties, inner) =
            notation::read(raw.prop.as_deref().unwrap_or_default(), settings.ext_name())
                .map_err(|source| StarterError::Notation { file, item: code.to_string(), source })?;
        let mut value = raw.value;
        if !raw.groups.is_empty() {
            value.insert("item-group".to_owned(), self.groups(&raw.groups));
        }
        let value = values::list(&value, settings);
        let template = match (&properties, &value) {
            (Value::Null, Value::Null) => Value::Null,
            _ => json!({"prop": properties, "value": value}),
        };
        let path = placeholders::fill_text(&raw.ns, settings);
        let document = json!({
            "catalogItem": {
                "ns": notation::namespace(kind, &path, settings.ext_name()),
                "name": placeholders::fill_text(&raw.name, settings),
                "description": raw.description,
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
    fn groups(&self, groups: &[Vec<i64>]) -> Value {
        let title = |code: &i64| self.names.get(code).cloned().unwrap_or_default();
        let item = |code: &i64| json!({"title": title(code), "type": format!("#{code}"), "content": "#null"});
        let group = |group: &Vec<i64>| {
            let titles: Vec<_> = group.iter().map(title).collect();
            json!({"title": titles.join("・"), "item": group.iter().map(item).collect::<Vec<_>>()})
        };
        groups.iter().map(group).collect()
    }
}
