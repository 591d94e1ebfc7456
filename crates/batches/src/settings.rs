//! What a block may say about its batches: the section `[batches]`.

use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The login id under which batches write; default: the one of the reference's samples for this kind of block.
    pub login_id: Option<String>,
}
