//! What an installation may change.

use contract::permission_table::PermissionRow;
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How long a token works, in minutes.
    pub life_minutes: i64,
    /// Added to the end of a token on the wire, in hours: callers of the reference compare its digits with the
    /// Japanese wall clock (spec: access-control 3.4).
    pub standard_time_hours: i64,
    /// Calls that are permitted besides those of the delivered tables and of the list of calls of services: for
    /// blocks whose proxies have tables of their own.
    pub permitted: Vec<PermissionRow>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { life_minutes: 40, standard_time_hours: 9, permitted: Vec::new() }
    }
}
