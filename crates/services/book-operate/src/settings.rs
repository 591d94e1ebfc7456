//! What an installation may change.

use serde::Deserialize;

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The applications keep the data themselves: only identifiers, codes and hashes are stored here.
    pub outer_block_store: bool,
    /// Applications may store data that another actor is named for. The ledger refuses such data.
    pub any_actor: bool,
}
