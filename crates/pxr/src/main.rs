//! `pxr`: see `pxr --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    pxr::cli::run()
}
