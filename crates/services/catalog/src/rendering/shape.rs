//! An item as its rows say it.

use std::collections::HashMap;

use serde_json::Value;
use vocabulary::{Code, CodeVersion};

/// An item with its templates.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    pub(crate) code: Option<CodeVersion>,
    pub(crate) ns: String,
    pub(crate) name: Option<String>,
    pub(crate) inherit: Option<CodeVersion>,
    pub(crate) description: Value,
    /// The item's own template and one for each use of each inner class, in order of their ids.
    pub(crate) templates: Vec<Template>,
    /// The first column index of the data matrix that the item declares.
    pub(crate) column: Option<String>,
    pub(crate) attributes: Vec<Attribute>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Template {
    /// The inner class; none for the item's own template.
    pub(crate) class: Option<String>,
    /// The property that uses the class.
    pub(crate) owner: Option<i64>,
    /// `{key, value}` entries.
    pub(crate) values: Vec<Value>,
    /// Ordered by key.
    pub(crate) properties: Vec<Property>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Property {
    pub(crate) id: i64,
    pub(crate) key: String,
    /// `string`, `code[]`, `inner`, …
    pub(crate) kind: String,
    pub(crate) code: Option<CodeVersion>,
    pub(crate) column: Option<String>,
    pub(crate) column_reserved: bool,
    pub(crate) format: Option<CodeVersion>,
    pub(crate) unit: Option<CodeVersion>,
    pub(crate) description: Option<String>,
    pub(crate) candidates: Vec<Candidate>,
}

#[derive(Clone, Debug)]
pub(crate) enum Candidate {
    Values(Value),
    Classes(Value),
    Namespace(String),
    Code(CodeVersion),
    /// Items that inherit from this one; none for a reference that was never resolved.
    Base(Option<CodeVersion>),
}

#[derive(Clone, Debug)]
pub(crate) enum Attribute {
    Object { key: CodeVersion, value: Value, description: Option<String> },
    Tag { ns: Option<String>, values: Value },
}

impl Shape {
    pub(crate) fn own(&self) -> Option<&Template> {
        self.templates.iter().find(|template| template.class.is_none())
    }

    pub(crate) fn values(&self) -> &[Value] {
        self.own().map_or(&[], |template| &template.values)
    }

    pub(crate) fn properties(&self) -> &[Property] {
        self.own().map_or(&[], |template| &template.properties)
    }

    /// The item's own properties and those of its classes.
    pub(crate) fn all_properties(&self) -> impl Iterator<Item = &Property> {
        self.templates.iter().flat_map(|template| &template.properties)
    }

    /// The templates of the inner classes that a property uses.
    pub(crate) fn classes_of(&self, property: &Property) -> impl Iterator<Item = &Template> {
        let id = property.id;
        self.templates.iter().filter(move |template| template.owner == Some(id))
    }
}

impl Property {
    pub(crate) fn is_array(&self) -> bool {
        self.kind.ends_with("[]")
    }

    pub(crate) fn base_kind(&self) -> &str {
        self.kind.trim_end_matches("[]")
    }

    /// The items whose properties a value of this kind may have.
    pub(crate) fn item_codes(&self) -> impl Iterator<Item = CodeVersion> {
        let candidates = self.candidates.iter().filter_map(|candidate| match candidate {
            Candidate::Code(code) => Some(*code),
            Candidate::Base(code) => *code,
            _ => None,
        });
        self.code.into_iter().chain(candidates.filter(|_| self.base_kind() == "item"))
    }
}

/// All items that matter for rendering some of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Library(HashMap<CodeVersion, Shape>);

impl Library {
    pub(crate) fn insert(&mut self, code: CodeVersion, shape: Shape) {
        self.0.insert(code, shape);
    }

    pub(crate) fn get(&self, code: CodeVersion) -> Option<&Shape> {
        self.0.get(&code)
    }

    pub(crate) fn has(&self, code: CodeVersion) -> bool {
        self.0.contains_key(&code)
    }

    /// From the root of the inheritance to the parent; a parent that is missing ends the chain.
    pub(crate) fn ancestors(&self, leaf: &Shape) -> Vec<&Shape> {
        let mut chain: Vec<&Shape> = Vec::new();
        let mut next = leaf.inherit;
        while let Some(parent) = next.and_then(|code| self.get(code)) {
            if chain.iter().any(|known| known.code == parent.code) || parent.code == leaf.code {
                break;
            }
            chain.push(parent);
            next = parent.inherit;
        }
        chain.reverse();
        chain
    }

    /// Codes that items of the library need and it does not hold yet.
    pub(crate) fn missing(&self) -> Vec<CodeVersion> {
        let mut missing: Vec<_> = self
            .0
            .values()
            .flat_map(|shape| shape.all_properties().flat_map(Property::item_codes).chain(shape.inherit))
            .filter(|code| code.value != Code(0) && !self.has(*code))
            .collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }
}
