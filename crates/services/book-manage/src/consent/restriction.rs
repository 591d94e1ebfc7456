//! What an actor that stores data forbids to be done with them (spec: E5).

use contract::catalog::Item;
use serde_json::Value;
use vocabulary::{Code, CodeVersion};

use super::{DataKind, Datum, codes, list};

/// One sharing-restriction item of a storing actor. A rule about one version of a kind of data says nothing
/// about its other versions.
#[derive(Clone, Debug, PartialEq)]
pub struct Restriction {
    rules: Vec<(Datum, Rule)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Rule {
    /// Each clause must be kept.
    Only(Vec<Clause>),
    /// No clause may apply.
    Never(Vec<Clause>),
}

#[derive(Clone, Debug, PartialEq)]
struct Clause {
    regions: Vec<Code>,
    services: Vec<Code>,
}

/// A rule both permits and prohibits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sharing restriction {0:?} both permits and prohibits")]
pub struct Contradiction(pub CodeVersion);

/// Where data would go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    pub asset: Code,
    /// The regions the application takes part in.
    pub regions: Vec<Code>,
}

impl Restriction {
    pub fn read(item: &Item) -> Result<Self, Contradiction> {
        let mut rules = Vec::new();
        for kind in DataKind::ALL {
            for entry in list(&item.template, kind.word()) {
                let permissions = clauses(entry, "permission");
                let prohibitions = clauses(entry, "prohibition");
                if !permissions.is_empty() && !prohibitions.is_empty() {
                    return Err(Contradiction(item.head.code));
                }
                let Some(code) = entry.get("code").and_then(CodeVersion::read) else { continue };
                let rule =
                    if permissions.is_empty() { Rule::Never(prohibitions) } else { Rule::Only(permissions) };
                rules.push((Datum::new(kind, code), rule));
            }
        }
        Ok(Self { rules })
    }

    fn forbids(&self, datum: Datum, to: &Destination) -> bool {
        let rule = self.rules.iter().find(|(about, _)| *about == datum);
        match rule {
            None => false,
            Some((_, Rule::Only(clauses))) => !clauses.iter().all(|clause| clause.is_kept(to)),
            Some((_, Rule::Never(clauses))) => clauses.iter().any(|clause| clause.applies(to)),
        }
    }
}

impl Clause {
    fn is_kept(&self, to: &Destination) -> bool {
        if self.regions.is_empty() {
            self.services.is_empty() || self.services.contains(&to.asset)
        } else {
            to.regions.iter().all(|region| self.regions.contains(region))
        }
    }

    fn applies(&self, to: &Destination) -> bool {
        if self.regions.is_empty() {
            self.services.contains(&to.asset)
        } else {
            to.regions.iter().any(|region| self.regions.contains(region))
        }
    }
}

fn clauses(entry: &Value, key: &str) -> Vec<Clause> {
    let values = |clause: &Value, key| codes(clause, key).into_iter().map(|code| code.value).collect();
    let read = |clause| Clause { regions: values(clause, "region"), services: values(clause, "service") };
    list(entry, key).iter().map(read).collect()
}

/// The actors that forbid sharing a kind of data with a destination.
#[must_use]
pub fn prohibiting(actors: &[(Code, Vec<Restriction>)], datum: Datum, to: &Destination) -> Vec<Code> {
    let forbids = |restrictions: &[Restriction]| restrictions.iter().any(|one| one.forbids(datum, to));
    actors.iter().filter(|(_, restrictions)| forbids(restrictions)).map(|(actor, _)| *actor).collect()
}
