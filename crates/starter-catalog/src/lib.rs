//! The initial catalog of an installation: the platform's own one, written down in `catalog/` in a compact form,
//! and the reader of folders in the layout of the reference's delivery.
//!
//! Only data lives here. Who sends it to a catalog service, and how, is the loader's matter.

#![warn(missing_docs)]

mod check;
mod delivery;
mod notation;
mod placeholders;
mod settings;
mod starter;
mod values;
mod writer;

use std::fmt;

use serde_json::Value;

pub use check::check;
pub use delivery::{Delivery, DeliveryError, read_directory};
pub use notation::NotationError;
pub use settings::{SettingError, Settings};
pub use starter::{StarterError, starter};
pub use writer::Writer;

/// A whole initial catalog, in the order in which it must be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalog {
    /// The catalog's own name.
    pub society: Society,
    /// Parents before children, model before `built_in` before ext.
    pub namespaces: Vec<Namespace>,
    /// By code, ascending; those without a code last.
    pub items: Vec<Item>,
}

/// The record that names the catalog (spec: catalog-data-model 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Society {
    /// The catalog's name.
    pub name: String,
    /// What the catalog is for.
    pub description: String,
    /// The installation's short name, a part of its namespaces.
    pub ext_name: String,
}

/// Who owns a part of the catalog (spec: catalog-data-model 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The platform's meta model.
    Model,
    /// Vocabulary that all installations share.
    BuiltIn,
    /// This installation.
    Ext,
}

impl Kind {
    /// All kinds, in the order in which they are sent.
    pub const ALL: [Self; 3] = [Self::Model, Self::BuiltIn, Self::Ext];

    /// The segment of the kind's namespaces.
    #[must_use]
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::BuiltIn => "built_in",
            Self::Ext => "ext",
        }
    }

    /// The first and last code of the kind.
    #[must_use]
    pub const fn codes(self) -> (i64, i64) {
        match self {
            Self::Model => (1, 10_000),
            Self::BuiltIn => (10_001, 1_000_000),
            Self::Ext => (1_000_001, 10_000_000),
        }
    }

    /// The kind of a full namespace, e.g. `catalog/model/actor`.
    #[must_use]
    pub fn of_namespace(ns: &str) -> Option<Self> {
        let segment = ns.strip_prefix("catalog/")?.split('/').next()?;
        Self::ALL.into_iter().find(|kind| kind.segment() == segment)
    }

    /// The kind's letter in the files of `catalog/`.
    const fn letter(self) -> char {
        match self {
            Self::Model => 'm',
            Self::BuiltIn => 'b',
            Self::Ext => 'e',
        }
    }
}

/// A namespace as it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Namespace {
    /// The part of the catalog it is in.
    pub kind: Kind,
    /// The full path, e.g. `catalog/model/actor`.
    pub ns: String,
    /// What the namespace is for: a text in our own catalog, anything in a delivered one.
    pub description: Value,
}

/// An item as it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The part of the catalog it is in.
    pub kind: Kind,
    /// None: the catalog gives it the next free one.
    pub code: Option<i64>,
    /// The item in its written form (spec: catalog-data-model 2).
    pub document: Value,
    /// Where it came from, for lists of problems.
    pub source: String,
}

impl Item {
    /// A member of `catalogItem`.
    #[must_use]
    pub fn head(&self, key: &str) -> &Value {
        &self.document["catalogItem"][key]
    }

    /// The full path of its namespace.
    #[must_use]
    pub fn ns(&self) -> &str {
        self.head("ns").as_str().unwrap_or_default()
    }

    /// Its version; the first, if it names none (spec: catalog-data-model 2).
    #[must_use]
    pub fn version(&self) -> i64 {
        integer(&self.head("_code")["_ver"]).unwrap_or(1)
    }
}

/// Something wrong with a part of a catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, item or namespace.
    pub source: String,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.reason)
    }
}

/// A code or version; the delivered samples write some as text (spec: catalog-data-model 8).
fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}
