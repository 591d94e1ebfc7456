//! What an installation may change.

use contract::permission_table::PermissionRow;
use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Replaces the delivered permission table of the block's kind.
    pub permissions: Option<Vec<PermissionRow>>,
}
