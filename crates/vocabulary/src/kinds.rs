//! The kinds of blocks, actors and operators.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A word or number that names none of the kinds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a known {what}")]
pub struct UnknownKind {
    pub what: &'static str,
    pub found: String,
}

/// Who an operator is (spec: operator 2.1). Type 1, workflow staff, is no longer supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub enum OperatorType {
    /// A resident, the data subject.
    Individual = 0,
    /// An application of a provider.
    Application = 2,
    /// A managing member of the organisation that runs the block.
    Member = 3,
}

impl OperatorType {
    pub const ALL: [Self; 3] = [Self::Individual, Self::Application, Self::Member];

    #[must_use]
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// The cookie that carries a session of this type.
    #[must_use]
    pub const fn cookie(self) -> &'static str {
        match self {
            Self::Individual => "operator_type0_session",
            Self::Application => "operator_type2_session",
            Self::Member => "operator_type3_session",
        }
    }
}

impl TryFrom<i64> for OperatorType {
    type Error = UnknownKind;

    fn try_from(number: i64) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.number() == number)
            .ok_or_else(|| UnknownKind { what: "operator type", found: number.to_string() })
    }
}

impl From<OperatorType> for i64 {
    fn from(kind: OperatorType) -> Self {
        kind.number()
    }
}

/// What a block is for, as its configuration says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockKind {
    /// The block of the distribution-control operator, e.g. a city.
    Root,
    /// The block of the operator of a service region.
    RegionRoot,
    /// The block of an application provider.
    App,
}

impl BlockKind {
    pub const ALL: [Self; 3] = [Self::Root, Self::RegionRoot, Self::App];

    /// The word of the configuration file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::RegionRoot => "region-root",
            Self::App => "app",
        }
    }

    /// The catalog's word for blocks and actors of this kind.
    #[must_use]
    pub const fn actor_type(self) -> ActorType {
        match self {
            Self::Root => ActorType::PxrRoot,
            Self::RegionRoot => ActorType::RegionRoot,
            Self::App => ActorType::App,
        }
    }
}

impl FromStr for BlockKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownKind { what: "kind of block", found: text.to_owned() })
    }
}

/// The catalog's kinds of actors: the last segment of their namespace and the `actor-type` of their blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActorType {
    PxrRoot,
    RegionRoot,
    App,
    /// Workflow provider: an obsolete kind that old catalogs still hold.
    Wf,
    DataTrader,
    Consumer,
}

impl ActorType {
    pub const ALL: [Self; 6] =
        [Self::PxrRoot, Self::RegionRoot, Self::App, Self::Wf, Self::DataTrader, Self::Consumer];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PxrRoot => "pxr-root",
            Self::RegionRoot => "region-root",
            Self::App => "app",
            Self::Wf => "wf",
            Self::DataTrader => "data-trader",
            Self::Consumer => "consumer",
        }
    }

    /// Kinds that stand in old catalogs only; nobody can be certified as one.
    #[must_use]
    pub const fn is_unsupported(self) -> bool {
        matches!(self, Self::Wf | Self::DataTrader | Self::Consumer)
    }
}

impl fmt::Display for ActorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ActorType {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownKind { what: "actor type", found: text.to_owned() })
    }
}
