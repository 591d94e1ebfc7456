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
    CooperateRegion,
    CreateUser,
    LinkCtoken,
    RegionTermOfUseNotification,
    BookEndOfUse,
    AddRegionEndOfUseTarget,
    AddRegionCloseTarget,
    OutputUserDataFileMng,
    DeleteUser,
    RegionEndOfUse,
    CloseRegion,
    BookDelete,
}

impl BatchName {
    /// All batches, in an order that is safe for one round (spec: scenario 4).
    pub const ALL: [Self; 12] = [
        Self::CooperateRegion,
        Self::CreateUser,
        Self::LinkCtoken,
        Self::RegionTermOfUseNotification,
        Self::BookEndOfUse,
        Self::AddRegionEndOfUseTarget,
        Self::AddRegionCloseTarget,
        Self::OutputUserDataFileMng,
        Self::DeleteUser,
        Self::RegionEndOfUse,
        Self::CloseRegion,
        Self::BookDelete,
    ];

    /// The short name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CooperateRegion => "cooperate-region",
            Self::CreateUser => "create-user",
            Self::LinkCtoken => "link-ctoken",
            Self::RegionTermOfUseNotification => "region-term-of-use-notification",
            Self::BookEndOfUse => "book-end-of-use",
            Self::AddRegionEndOfUseTarget => "add-region-end-of-use-target",
            Self::AddRegionCloseTarget => "add-region-close-target",
            Self::OutputUserDataFileMng => "output-user-data-file-mng",
            Self::DeleteUser => "delete-user",
            Self::RegionEndOfUse => "region-end-of-use",
            Self::CloseRegion => "close-region",
            Self::BookDelete => "book-delete",
        }
    }

    /// What it does, in one line.
    #[must_use]
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::CooperateRegion => "links the residents that asked for a region",
            Self::CreateUser => "creates the users whose link the root has confirmed",
            Self::LinkCtoken => "tells the root's ledger what was stored",
            Self::RegionTermOfUseNotification => "asks residents to agree to new terms of a region",
            Self::BookEndOfUse => "closes the books of residents who did not agree to the platform's terms",
            Self::AddRegionEndOfUseTarget => "begins the end of use of a region for those who did not agree",
            Self::AddRegionCloseTarget => "begins the end of use for all residents of a region that ends",
            Self::OutputUserDataFileMng => "plans which data are given back and deleted for those who leave",
            Self::DeleteUser => "deletes what an application stored about residents who leave",
            Self::RegionEndOfUse => "ends the links of residents who leave a region",
            Self::CloseRegion => "closes the regions that ended, once nobody uses them",
            Self::BookDelete => "deletes closed books, and their users at each block",
        }
    }

    /// The kinds of blocks that run it.
    #[must_use]
    pub const fn kinds(self) -> &'static [BlockKind] {
        match self {
            Self::CreateUser | Self::LinkCtoken | Self::DeleteUser => &[BlockKind::App],
            Self::CooperateRegion | Self::RegionEndOfUse => &[BlockKind::RegionRoot],
            Self::BookDelete => &[BlockKind::App, BlockKind::RegionRoot, BlockKind::Root],
            _ => &[BlockKind::Root],
        }
    }

    /// When it runs where the block says nothing else: minute, hour, day, month and weekday.
    #[must_use]
    pub const fn schedule(self) -> &'static str {
        match self {
            Self::CooperateRegion => "*/5 * * * *",
            Self::CreateUser => "10-59/15 * * * *",
            Self::LinkCtoken => "5-59/15 * * * *",
            Self::RegionTermOfUseNotification | Self::BookDelete => "0 8 * * *",
            Self::BookEndOfUse => "10 * * * *",
            Self::AddRegionEndOfUseTarget | Self::AddRegionCloseTarget => "0 * * * *",
            Self::OutputUserDataFileMng => "15 * * * *",
            Self::DeleteUser => "45 * * * *",
            Self::RegionEndOfUse => "5 * * * *",
            Self::CloseRegion => "30 9 * * *",
        }
    }

    /// The rights that the called routes ask for; null where they ask for none.
    pub(crate) fn rights(self) -> Value {
        match self {
            Self::LinkCtoken | Self::OutputUserDataFileMng => Value::Null,
            Self::CooperateRegion => json!({"member": {"add": true}, "app-wf-user": {"create": true}}),
            Self::CreateUser => {
                json!({"member": {"add": true, "update": true, "delete": true}, "app-wf-user": {"create": true}})
            }
            Self::RegionEndOfUse | Self::BookDelete => {
                json!({"member": {"delete": true}, "book": {"create": true}})
            }
            Self::DeleteUser => json!({"book": {"create": true}}),
            Self::CloseRegion => json!({"book": {"create": true}, "catalog": {"update": true}}),
            Self::RegionTermOfUseNotification
            | Self::BookEndOfUse
            | Self::AddRegionEndOfUseTarget
            | Self::AddRegionCloseTarget => {
                json!({"member": {"add": true, "update": true}, "book": {"create": true}})
            }
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
        // Some of the reference's names have a prefix.
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
        assert_eq!("pxr-close-region-batch".parse(), Ok(BatchName::CloseRegion));
        assert!("create".parse::<BatchName>().is_err());
    }
}
