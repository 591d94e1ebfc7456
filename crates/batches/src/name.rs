//! The names of the batches.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::BlockKind;

/// A name that belongs to no batch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name of a batch; `pxr batch list` shows them all")]
pub struct UnknownBatch(String);

/// A batch; it is written `create-user` or, as in the reference, `create-user-batch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BatchName {
    CreateUser,
    LinkCtoken,
    CooperateRegion,
}

impl BatchName {
    pub const ALL: [Self; 3] = [Self::CooperateRegion, Self::CreateUser, Self::LinkCtoken];

    /// The short name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreateUser => "create-user",
            Self::LinkCtoken => "link-ctoken",
            Self::CooperateRegion => "cooperate-region",
        }
    }

    /// What it is for, in one line.
    #[must_use]
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::CreateUser => "creates the users whose link the root has confirmed",
            Self::LinkCtoken => "tells the root's ledger what was stored",
            Self::CooperateRegion => "links the residents that asked for a region",
        }
    }

    /// The kinds of blocks that run it.
    #[must_use]
    pub const fn kinds(self) -> &'static [BlockKind] {
        match self {
            Self::CreateUser | Self::LinkCtoken => &[BlockKind::App],
            Self::CooperateRegion => &[BlockKind::RegionRoot],
        }
    }

    /// When it runs where nothing else is said: minute, hour, day, month and weekday.
    #[must_use]
    pub const fn schedule(self) -> &'static str {
        match self {
            Self::CreateUser => "10-59/15 * * * *",
            Self::LinkCtoken => "5-59/15 * * * *",
            Self::CooperateRegion => "*/5 * * * *",
        }
    }

    /// The rights that the called routes ask for; null where they ask for none.
    pub(crate) fn rights(self) -> Value {
        match self {
            Self::CreateUser => {
                json!({"member": {"add": true, "update": true, "delete": true}, "app-wf-user": {"create": true}})
            }
            Self::LinkCtoken => Value::Null,
            Self::CooperateRegion => json!({"member": {"add": true}, "app-wf-user": {"create": true}}),
        }
    }
}

impl fmt::Display for BatchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-batch", self.as_str())
    }
}

impl FromStr for BatchName {
    type Err = UnknownBatch;

    fn from_str(text: &str) -> Result<Self, UnknownBatch> {
        // One of the reference's names has a prefix that the others have not.
        let name = text.strip_prefix("pxr-").unwrap_or(text);
        let name = name.strip_suffix("-batch").unwrap_or(name);
        Self::ALL
            .into_iter()
            .find(|batch| batch.as_str() == name)
            .ok_or_else(|| UnknownBatch(text.to_owned()))
    }
}

impl TryFrom<String> for BatchName {
    type Error = UnknownBatch;

    fn try_from(text: String) -> Result<Self, UnknownBatch> {
        text.parse()
    }
}

impl From<BatchName> for String {
    fn from(name: BatchName) -> Self {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_known_by_its_short_name_and_by_the_reference_s() {
        for batch in BatchName::ALL {
            assert_eq!(batch.as_str().parse(), Ok(batch));
            assert_eq!(batch.to_string().parse(), Ok(batch));
        }
        assert_eq!("pxr-create-user-batch".parse(), Ok(BatchName::CreateUser));
        assert!("create".parse::<BatchName>().is_err());
    }
}
