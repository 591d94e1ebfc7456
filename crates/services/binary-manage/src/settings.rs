//! What an installation may change (spec: binary-manage 5).

use serde::Deserialize;

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How many chunks a file may have.
    pub chunk_count_max: i16,
    /// How large a chunk may be, in bytes; no request is larger than 100 MB, and none from outside than 50 MB.
    pub chunk_bytes_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { chunk_count_max: 255, chunk_bytes_max: 100 * 1024 * 1024 }
    }
}
