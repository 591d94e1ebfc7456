//! What a person agreed to, and up to which version of a definition it reaches.

use vocabulary::{Code, CodeVersion};

use super::{DataKind, Datum, Definition, Purpose};

/// An agreement as the tables hold it, standing or withdrawn (`data_operation` with its data types).
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    pub id: i64,
    pub purpose: Purpose,
    pub actor: CodeVersion,
    pub asset: CodeVersion,
    /// The version of the definition that was agreed to.
    pub definition: CodeVersion,
    pub is_disabled: bool,
    pub rows: Vec<DataRow>,
}

/// A row of `data_operation_data_type`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataRow {
    /// The element of the definition that names it.
    pub element: String,
    pub document: Option<CodeVersion>,
    pub event: Option<CodeVersion>,
    pub thing: Option<CodeVersion>,
    /// False where the person excluded it.
    pub is_allowed: bool,
    pub is_disabled: bool,
}

/// A person's word about one kind of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent {
    pub datum: Datum,
    pub is_allowed: bool,
}

/// A standing agreement.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    pub id: i64,
    pub agreed: CodeVersion,
    pub consents: Vec<Consent>,
    /// The version of the definition that counts; none while the catalog does not know the agreed one.
    pub effective: Option<Definition>,
}

/// An application and the agreements about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asset {
    pub actor: CodeVersion,
    pub asset: CodeVersion,
    pub agreements: Vec<Agreement>,
}

impl DataRow {
    /// What the row says: about a document; about an event and a thing of it alike; or about a thing.
    fn consents(&self) -> impl Iterator<Item = Consent> {
        let (event, thing) = if self.document.is_some() { (None, None) } else { (self.event, self.thing) };
        let words = [(DataKind::Document, self.document), (DataKind::Event, event), (DataKind::Thing, thing)];
        let is_allowed = self.is_allowed;
        words
            .into_iter()
            .filter_map(move |(kind, code)| Some(Consent { datum: Datum::new(kind, code?), is_allowed }))
    }
}

impl Agreement {
    fn of(operation: &Operation) -> Option<Self> {
        let rows = operation.rows.iter().filter(|row| !row.is_disabled);
        let consents: Vec<_> = rows.flat_map(DataRow::consents).collect();
        let agreement = Self { id: operation.id, agreed: operation.definition, consents, effective: None };
        (!agreement.consents.is_empty()).then_some(agreement)
    }

    /// Finds the version of the definition that counts (spec: E3), given all versions from the agreed one on:
    /// the last that adds no element which needs the person's word. `counts` says of each version whether it
    /// may be passed to at all.
    pub fn reach(&mut self, versions: &[Definition], counts: impl Fn(CodeVersion) -> bool) {
        self.effective = reach(self.agreed, versions, counts).cloned();
    }
}

fn reach(
    agreed: CodeVersion,
    versions: &[Definition],
    counts: impl Fn(CodeVersion) -> bool,
) -> Option<&Definition> {
    let mut current = versions.iter().find(|version| version.code == agreed)?;
    let mut later: Vec<_> = versions.iter().filter(|version| version.code.ver > agreed.ver).collect();
    later.sort_by_key(|version| version.code.ver);
    for next in later {
        let added = next.elements.iter().filter(|element| !current.has_element(&element.id));
        if added.into_iter().any(super::Element::requires_consent) {
            break;
        }
        if counts(next.code) {
            current = next;
        }
    }
    counts(current.code).then_some(current)
}

/// The standing agreements for a purpose, by application, in the order they were made (spec: E1).
#[must_use]
pub fn agreements(purpose: Purpose, operations: &[Operation]) -> Vec<Asset> {
    let mut assets: Vec<Asset> = Vec::new();
    let standing =
        operations.iter().filter(|operation| operation.purpose == purpose && !operation.is_disabled);
    for operation in standing {
        let Some(agreement) = Agreement::of(operation) else { continue };
        match assets.iter_mut().find(|asset| asset.asset.value == operation.asset.value) {
            Some(asset) => asset.agreements.push(agreement),
            None => assets.push(Asset {
                actor: operation.actor,
                asset: operation.asset,
                agreements: vec![agreement],
            }),
        }
    }
    assets
}

impl Asset {
    /// The agreements about an application; empty when there are none.
    #[must_use]
    pub fn about(assets: &[Self], asset: Code) -> &[Agreement] {
        let found = assets.iter().find(|one| one.asset.value == asset);
        found.map_or(&[], |asset| asset.agreements.as_slice())
    }
}
