//! How soon memory that was freed goes back to the system.
//!
//! The allocator keeps it for a second, which among the many threads of a block with its pools is a sixth of all. It reads
//! its settings from the environment alone, once, when the process begins: so the process begins again.

use std::{env, os::unix::process::CommandExt, process::Command};

/// The allocator's setting, in milliseconds. Whoever sets it himself is left alone.
const DELAY: (&str, &str) = ("MIMALLOC_PURGE_DELAY", "10");

/// Begins the process again, as the same one, with the allocator's settings. Where that cannot be done, it goes on
/// without.
pub fn settle() {
    let (name, delay) = DELAY;
    if env::var_os(name).is_some() {
        return;
    }
    if let Ok(program) = env::current_exe() {
        let mut arguments = env::args_os();
        let mut again = Command::new(program);
        if let Some(called) = arguments.next() {
            again.arg0(called);
        }
        let _goes_on_without = again.args(arguments).env(name, delay).exec();
    }
}
